// The page without a network: as it was opened on this device, to go on with. Nothing in it comes from the server.
const { dataset: addresses } = document.querySelector("script[data-drafts]");
const drafts = await import(addresses.drafts);
const main = document.getElementById("main");
const AGAIN = 10000, STILL = 3000, AWAY = 60000;
let typedAt = 0;

const page = await drafts.pageAt(location.pathname).catch(() => null);
if (page) await show();
else document.getElementById("none").hidden = false;
document.getElementById("again")?.addEventListener("click", () => location.reload());
addEventListener("input", () => (typedAt = Date.now()));
addEventListener("online", lookForServer);
if (location.pathname !== addresses.shell) setInterval(lookForServer, AGAIN);

async function show() {
  const notice = document.getElementById("offline");
  document.title = page.title;
  document.body.className = page.look;
  document.body.dataset.kept = page.at;
  notice.querySelector("[data-at]").textContent = new Date(page.at).toLocaleString("en-GB", { weekday: "long", hour: "2-digit", minute: "2-digit" });
  main.innerHTML = page.html;
  main.prepend(notice);
  notice.hidden = false;
  await import(addresses[page.module]);
  if (main.querySelector("[data-timer]")) await import(addresses.timer);
  if (main.querySelector("[data-grades]")) await import(addresses.grades);
}

// Back to the page itself once the server answers, not while somebody writes, nor while words are in this page only.
async function lookForServer() {
  const answers = await isThere().catch(() => false);
  const writes = document.activeElement?.matches("textarea, input[type=text], select") ? AWAY : STILL;
  if (!answers || document.body.dataset.unkept) return;
  if (Date.now() - typedAt > writes) location.reload();
}

// Signed out, or signed in as someone else, the page stays as it is: it says so itself.
async function isThere() {
  const asked = { cache: "no-store", redirect: "error", signal: AbortSignal.timeout(AGAIN - 1000) };
  const answer = await fetch(location.href, { ...asked, method: "HEAD" });
  const save = main.querySelector("[data-save]")?.dataset.save;
  if (!answer.ok || !save) return answer.ok;
  const mine = await fetch(save, asked);
  return mine.ok && String((await mine.json()).who) === page.who;
}
