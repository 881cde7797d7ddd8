// Starts the components of GOV.UK and MoJ Frontend. Every page works without this file.
const start = document.querySelector("script[data-govuk]").dataset;

document.body.classList.add("js-enabled", "govuk-frontend-supported");

const govuk = await import(start.govuk);
govuk.createAll(govuk.Button, { preventDoubleClick: true });
for (const component of [
  govuk.CharacterCount,
  govuk.Checkboxes,
  govuk.ErrorSummary,
  govuk.FileUpload,
  govuk.NotificationBanner,
  govuk.PasswordInput,
  govuk.Radios,
  govuk.ServiceNavigation,
  govuk.SkipLink,
]) {
  govuk.createAll(component);
}

if (document.querySelector('[data-module^="moj-"]')) {
  const moj = await import(start.moj);
  moj.initAll();
}

// Where the style sheet cannot do it: of tabs in a row that scrolls sideways the current one is in sight.
const tab = document.querySelector(".ls-subnav [aria-current]");
if (tab && !CSS.supports("scroll-initial-target: nearest")) tab.closest("ul").scrollLeft = tab.offsetLeft - 40;

// What answered a form is left behind as the page of its address: Back opens that, where the browser would ask to send all
// of it again. Loaded anew before somebody leaves, it still has what was typed.
if ("answersForm" in document.body.dataset) {
  const leave = () => history.replaceState(null, "", location.href);
  addEventListener("submit", leave);
  addEventListener("click", ({ target }) => target.closest("a[href]:not([href^='#'])") && leave());
}

// Signing out takes with it what is on this device, and asks first where the server has not got it yet. Without a network
// nobody is signed out, so nothing goes either.
const STAYS = "You cannot be signed out now: you are offline, or Lesson Study cannot be reached. What is on this device stays. Sign out once you are online.";
const isThere = (address) => fetch(address, { method: "HEAD", redirect: "manual", cache: "no-store" }).then(() => true, () => false);
for (const form of document.querySelectorAll(`form[action="${start.signOut}"]`)) {
  form.addEventListener("submit", async (event) => {
    if (form.dataset.leaves) return;
    event.preventDefault();
    if (!(await isThere(form.action))) return say(STAYS);
    const drafts = await import(start.drafts);
    document.body.dataset.leaves = "yes"; // nothing is put on the device any more
    if (!(await drafts.mayLeave().catch(() => true))) return delete document.body.dataset.leaves;
    form.dataset.leaves = "yes";
    form.requestSubmit(event.submitter);
  });
}

// What waits on this device is sent from whichever page is opened with a network.
if (start.who) {
  const drafts = await import(start.drafts);
  const waiting = await Promise.all([drafts.itemsOf(start.who), drafts.pathsOf(start.who)]).catch(() => []);
  if (waiting.flat().length) await import(start.later);
}

// A session that has ended is answered with HX-Redirect, which htmx follows by itself. Anything else that fails is said.
const trouble = document.getElementById("trouble");
document.addEventListener("htmx:sendError", () => say("You are offline, or Lesson Study cannot be reached. What you see may be out of date."));
document.addEventListener("htmx:responseError", () => say("That did not work. Load the page again; if it fails again, tell your coordinator."));
document.addEventListener("htmx:afterOnLoad", (event) => event.detail.successful && say(""));

function say(words) {
  trouble.textContent = words;
  trouble.hidden = !words;
}
