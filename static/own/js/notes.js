// Saves a sheet of boxes by itself: on this device after a moment, on the server soon after. "Saved" is said when the
// server has said so. Nothing here leaves the page or takes words out of a box, but for a choice of the person's.
const { dataset: addresses } = document.querySelector("script[data-drafts]");
const drafts = await import(addresses.drafts);
const { isFromDevice, keepSoon, keepTexts } = await import(addresses.pages);
const form = document.querySelector("form[data-notes]");
const { controlsOf, givenOf, put, textOf } = (await import(addresses.boxes)).boxesOf(form);
const { who, me, record, save: address, signIn, grows = "", called = "record", gone = "The record was signed meanwhile.", read = "Read the record", closes = "" } = form.dataset;
const path = location.pathname;
const line = document.getElementById("saved");
const words = document.getElementById("saved-words");
const SOON = 800, LATER = 3500, AGAIN = 10000, PATIENCE = 20000, MOST = 60000;
const NO_ROOM = "This device has no room for your words, or lets nothing be kept: they are in this page only. Keep it open until it says Saved.";

const taken = {}; // box -> the text that the server has
const sending = {}; // box -> the text on its way
const overtaken = {}; // box -> what somebody else wrote while the cursor stood in it, or words waited
const tab = crypto.randomUUID(), tabs = [tab]; // and those whose words this one has taken up
const clashes = new Set(); // boxes that wait for a choice
const own = new Set(); // those of them in which the same person wrote in another window
const homeless = []; // {box, text, base}: words for boxes that this page has not got any more
let client = form.elements.client.value, seq = 0, token = form.elements.csrfmiddlewaretoken.value, busy = false, stopped = "", fixed = false;
let since = form.dataset.version; // of the sheet, as far as this page has seen it; none where the server tells no news
let draftTimer, saveTimer, troubled = "";

const boxes = () => [...form.querySelectorAll("[name^='base-']")].map((input) => input.name.slice(5));
const baseOf = (box) => form.elements[`base-${box}`];
const placeOf = (box) => document.getElementById(`box-${box}`) ?? baseOf(box).parentElement;
const leaderOf = (box) => controlsOf(box)[0]?.dataset.with; // the box whose text this one goes with: the server may change it too
const isHeld = (box) => leaderOf(box) && (isWaiting(leaderOf(box)) || controlsOf(leaderOf(box)).includes(document.activeElement));
const isWaiting = (box) => textOf(box) !== taken[box];
const waiting = () => boxes().filter(isWaiting);

// Boxes that came with the page, or were added to it: the server has what they came with, not what somebody has typed
// into them before this script ran.
function learn() {
  for (const box of boxes()) if (!(box in taken)) taken[box] = givenOf(box);
}

learn();
drafts.live(tab);
drafts.forgetOld().catch(() => {});
await restore().catch(() => {});
keepPage();

form.addEventListener("input", noticed);
form.addEventListener("change", noticed);
form.elements.all_there?.addEventListener("click", allThere);
form.addEventListener("focusout", left);
form.addEventListener("submit", sendWhole);
document.addEventListener("htmx:load", () => (learn(), keepPage()));
document.addEventListener("visibilitychange", () => (document.visibilityState === "hidden" ? leave() : hear()));
document.addEventListener("click", choosePupil);
addEventListener("pagehide", leave);
addEventListener("beforeunload", (event) => document.body.dataset.unkept && waiting().length && event.preventDefault());
addEventListener("online", () => (waiting().length ? save() : hear()));
addEventListener("offline", () => waiting().length || trouble("You are offline. Go on writing: nothing is lost. It is kept on this device, and goes to the server once you are online."));
navigator.serviceWorker?.register(form.dataset.worker).catch(() => {});
setInterval(sendHomeless, AGAIN);
setInterval(() => document.body.dataset.unkept && keepHere(), SOON);
setInterval(() => (waiting().some((box) => !clashes.has(box)) ? save() : hear()), AGAIN);

function keepPage() {
  keepTexts(taken);
  keepSoon(who);
}

function noticed(event) {
  const box = event?.target.name;
  if (box in taken) placeOf(box).querySelector("[data-news]")?.remove();
  clearTimeout(draftTimer);
  draftTimer = setTimeout(() => keepHere(), SOON);
  if (event?.type === "change" && event.target.type === "checkbox") return void save(); // a tick is whole at once
  saveTimer ??= setTimeout(save, LATER); // from the first key on: whoever goes on typing hears of the server all the same
}

function left({ target }) {
  if (overtaken[target.name]) takeOver(overtaken[target.name]);
  setTimeout(takeHeld); // once the cursor is elsewhere
  if (waiting().length) save();
}

function allThere(event) {
  event.preventDefault();
  for (const box of boxes()) if (box.startsWith("presence-")) put(box, "present");
  save();
}

// On this device; where that cannot be, the page is the only place, and says so once the server cannot be reached either.
async function keepHere() {
  if (document.body.dataset.leaves) return;
  const mine = { client, seq, tab, save: address, title: document.title }; // another page sends them once this one is gone
  const kept = waiting().map((box) => ({ box, text: textOf(box), base: Number(baseOf(box).value), ...mine }));
  for (const { box, text, base } of homeless) kept.push({ box, text, base, ...mine });
  try {
    await drafts.keep(who, path, kept, tabs);
    delete document.body.dataset.unkept;
  } catch {
    if (waiting().length) document.body.dataset.unkept = "yes";
  }
}

function labelOf(box) {
  const [control] = controlsOf(box);
  const shown = document.querySelector(`label[for="${CSS.escape(box)}"]`)?.cloneNode(true);
  shown?.querySelectorAll("[aria-hidden=true]").forEach((part) => part.remove()); // said twice otherwise
  const label = shown?.textContent;
  return (label ?? control?.getAttribute("aria-label") ?? control?.closest("fieldset")?.querySelector("legend")?.textContent ?? "a box").trim();
}

// A page that was left without its words on the server opens with them. It goes on as the page that it was: what that
// page sent as it was left is its own, not somebody else's.
async function restore() {
  const kept = await drafts.left(who, path);
  const clients = new Set(kept.map((cell) => cell.client));
  if (clients.size || isFromDevice) {
    client = form.elements.client.value = clients.size === 1 ? [...clients][0] : crypto.randomUUID();
    seq = clients.size === 1 ? 1000 + Math.max(...kept.map((cell) => cell.seq)) : 0;
  }
  tabs.push(...kept.map((cell) => cell.tab));
  for (const cell of kept) {
    if (baseOf(cell.box)) restoreIn(cell);
    else homeless.push(cell);
  }
  if (homeless.length) sendHomeless();
  if (!waiting().length) {
    if (isFromDevice) trouble("You are offline. Go on writing: nothing is lost. It is kept on this device, and goes to the server once you are online.");
    return keepHere();
  }
  await keepHere();
  if (clients.size) say("Words from this device are back in their boxes, and on their way to the server.", false);
  save(); // not waited for: whoever types meanwhile is heard
}

// Beside what stands in its box by then: typed before this script ran, or kept by another tab. What is chosen and not
// typed stays as it was chosen last.
function restoreIn({ box, text, base }) {
  const now = textOf(box), [control] = controlsOf(box), isArea = control?.localName === "textarea", isLine = control?.type === "text";
  if (text === taken[box] || text === now) return;
  if (!isWaiting(box)) put(box, text);
  else if (isArea || isLine) put(box, [text, now].filter(Boolean).join(isLine ? " " : "\n\n"));
  baseOf(box).value = Math.min(base, Number(baseOf(box).value));
}

function cellsOf(names) {
  return names.map((field) => ({ field, text: textOf(field), base: Number(baseOf(field).value), seq: (seq += 1) }));
}

function post(cells, more = {}, also = {}) {
  return fetch(address, {
    method: "POST",
    redirect: "error",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify({ who: Number(who), client, cells, ...also, ...(since && { since: Number(since) }) }),
    ...more,
  });
}

const patient = () => ({ signal: AbortSignal.timeout(PATIENCE) });

// The button leads on once the server has every word; without it the page stays as it is.
async function sendWhole(event) {
  form.elements.seq.value = seq;
  if (!busy && !waiting().length && navigator.onLine) return;
  event.preventDefault();
  while (busy) await new Promise((done) => setTimeout(done, 50));
  await save();
  if (!navigator.onLine) return notSaved("You are offline.");
  if (!waiting().length) setTimeout(() => form.requestSubmit(event.submitter)); // not while this submission is still under way
}

async function save() {
  clearTimeout(saveTimer);
  saveTimer = undefined;
  const names = waiting().filter((box) => !clashes.has(box));
  if (busy || stopped || !names.length) return;
  busy = true;
  const cells = cellsOf(names);
  for (const cell of cells) sending[cell.field] = cell.text;
  try {
    await keepHere();
    await heard(await answered(cells), cells);
  } catch {
    notSaved("You are offline, or the server cannot be reached.");
  } finally {
    busy = false;
    for (const cell of cells) delete sending[cell.field];
  }
  if (waiting().some((box) => !clashes.has(box)) && !line.classList.contains("is-kept-here")) saveTimer = setTimeout(save, LATER);
}

// The answer; after a new sign-in with a new token, once.
async function answered(cells, also = {}) {
  const answer = await post(cells, patient(), also);
  if (answer.status !== 403) return answer;
  const asked = await fetch(address, { redirect: "error", ...patient() });
  if (!asked.ok) return asked;
  const mine = await asked.json();
  if (String(mine.who) !== who) return new Response(JSON.stringify({ words: "Someone else is signed in in this browser." }), { status: 403 });
  freshen(mine.token);
  return post(cells, patient(), also);
}

function freshen(given) {
  token = form.elements.csrfmiddlewaretoken.value = given;
}

async function heard(answer, cells) {
  if (answer.status === 401) return notSaved("You are signed out.", true);
  if (answer.status === 200 || answer.status === 409) return took(await answer.json(), cells);
  const said = await answer.json().catch(() => ({}));
  if (answer.status === 410) stopped = said.words; // kept on the server, beside the record
  notSaved(said.words ?? "The server did not take it.", answer.status === 403);
}

async function took({ cells: states, at, version, news, locked = [] }, cells) {
  for (const { field, text } of cells) {
    const state = states[field];
    tell(field, state.problem);
    delete overtaken[field];
    if (state.state === "saved") {
      taken[field] = text;
      baseOf(field).value = state.version;
    } else if (state.state === "fixed" && locked.includes("")) {
      stopped = gone;
      fixed = true;
    } else if (state.state === "fixed") {
      taken[field] = text;
      lock(field, state.words);
    } else {
      clash(field, state, text);
      if (me && state.by === me) own.add(field);
    }
  }
  await keepHere();
  keepPage();
  if (stopped) return notSaved(stopped);
  if (clashes.size) say(`${[...clashes].every((box) => own.has(box)) ? "You wrote in a box in another window too" : "Somebody else wrote in a box while you did"}. Both texts are kept: choose below.`, true);
  else if (!waiting().length) say(`Saved at ${at}.`, false);
  lockThose(locked);
  tellNews(version, news);
}

// One pupil at a time: the next one without a load, and so without a network too.
function choosePupil(event) {
  const link = event.target.closest("[data-choose]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  form.querySelector("[data-pupil]").dataset.pupil = link.dataset.choose;
  for (const other of document.querySelectorAll("[data-choose]")) other.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  history.replaceState(null, "", link.href);
  if (waiting().length) save();
}

// What others write -----------------------------------------------------------------------------------------------------

// What has changed since this page last heard, while somebody looks at it and the server tells news at all.
async function hear() {
  const may = document.visibilityState === "visible" && navigator.onLine && !busy && !stopped;
  if (!may || (since === undefined && !troubled)) return;
  const asked = since === undefined ? address : `${address}?since=${since}`;
  const answer = await fetch(asked, { redirect: "error", cache: "no-store", ...patient() }).catch(() => null);
  if (answer?.status === 401 && !waiting().length) {
    trouble("You are signed out. What you write is kept on this device, and goes to the server once you have signed in again.");
    return lead(signIn, "Sign in (opens in a new tab)");
  }
  if (!answer?.ok) return;
  const mine = await answer.json();
  if (String(mine.who) !== who) return;
  freshen(mine.token);
  if (troubled && !waiting().length) say("You are connected again. Everything is saved.", false);
  lockThose(mine.locked ?? []);
  tellNews(mine.version, mine.news);
}

function tellNews(version, news) {
  if (version === undefined || !news) return;
  if (String(version) !== String(since)) form.dispatchEvent(new CustomEvent("notes:version")); // what the page says of the words as a whole may have changed
  since = version;
  const fresh = news.filter(({ field, version: of }) => baseOf(field) && of > Number(baseOf(field).value));
  const heard = fresh.filter(({ field }) => !isWaiting(field) && !clashes.has(field) && !isHeld(field));
  for (const item of fresh) if (isWaiting(item.field) || isHeld(item.field)) overtaken[item.field] = item;
  takeHeld();
  for (const item of heard) {
    if (controlsOf(item.field).includes(document.activeElement)) {
      overtaken[item.field] = item;
      mark(item, `${wrote(item)} here at ${item.at}. You see it once you leave this box.`);
    } else {
      takeOver(item);
    }
  }
  const others = heard.filter((item) => !isOwn(item));
  if (others.length && !waiting().length) say(newsWords(others), false);
  const added = news.find(({ field }) => !baseOf(field) && grows.split(" ").some((start) => start && field.startsWith(start)));
  if (added && !waiting().length) lead(location.pathname, `${added.by} added to this page: load it again to see it`, "");
}

// Boxes that were locked while the page was open: they stay as they are, and say why. Words that wait go on their way
// first, and are told what became of them.
function lockThose(beginnings) {
  for (const box of boxes()) {
    if (!isWaiting(box) && beginnings.some((start) => start && box.startsWith(start))) lock(box, form.dataset.locked);
  }
}

// Not under somebody's fingers: who is typing goes on, is told, and the box closes once they leave it.
function lock(box, why) {
  const controls = controlsOf(box);
  if (controls.every((control) => control.readOnly)) return;
  if (controls.includes(document.activeElement)) {
    document.activeElement.addEventListener("blur", () => setTimeout(() => !isWaiting(box) && lock(box, why)), { once: true });
  } else {
    for (const control of controls) control.readOnly = true;
  }
  if (why) mark({ field: box }, why);
}

function newsWords(heard) {
  const [{ by, field, at }] = heard;
  if (heard.length === 1) return `${wrote({ by })} in “${labelOf(field)}” at ${at}.`;
  return `${[...new Set(heard.map(({ by }) => (by === me ? "You, in another window," : by)))].join(" and ")} wrote in ${heard.length} boxes.`;
}

// What goes with a box that one writes in oneself is no news.
const isOwn = ({ field, by }) => by && by === me && leaderOf(field);

// What goes with a box waits until that box is left, and its text is on the server.
function takeHeld() {
  for (const item of Object.values(overtaken)) if (leaderOf(item.field) && !isHeld(item.field)) takeOver(item);
}

// One's own other window is not somebody else.
const wrote = ({ by }) => (by && by === me ? "You, in another window, wrote" : `${by || "Someone else"} wrote`);

// Quietly: where words wait, they stay, and the two texts meet when they are saved.
function takeOver(item) {
  delete overtaken[item.field];
  if (isWaiting(item.field)) return;
  put(item.field, item.text);
  taken[item.field] = item.text;
  baseOf(item.field).value = item.version;
  if (!isOwn(item)) mark(item, `${wrote(item)} here at ${item.at}`);
  controlsOf(item.field)[0].dispatchEvent(new CustomEvent("notes:taken", { bubbles: true }));
  keepPage();
}

function mark({ field }, textContent) {
  const place = placeOf(field);
  place.querySelector("[data-news]")?.remove();
  const shown = Object.assign(document.createElement("p"), { className: "ls-notebox__news", textContent });
  shown.dataset.news = shown.dataset.live = "";
  place.append(shown);
}

// What is said -----------------------------------------------------------------------------------------------------------

// Beside a box: that no day, or no number, can be read in it.
function tell(field, problem) {
  const [element] = controlsOf(field), id = `${field}-error`;
  const told = document.getElementById(id);
  if (!problem && !told) return;
  const place = placeOf(field);
  place.classList.toggle("govuk-form-group--error", Boolean(problem));
  if (told?.lastChild.textContent.trim() === problem) return;
  told?.remove();
  if (!problem) return element.removeAttribute("aria-describedby");
  const shown = Object.assign(document.createElement("p"), { className: "govuk-error-message", id });
  shown.append(Object.assign(document.createElement("span"), { className: "govuk-visually-hidden", textContent: "Error:" }), ` ${problem}`);
  element.before(shown);
  element.setAttribute("aria-describedby", id);
}

function notSaved(why, signInToo = false) {
  const kept = document.body.dataset.unkept ? NO_ROOM : "Your words are kept on this device and go on their way by themselves.";
  if (stopped && closes) closeAll(why);
  else if (stopped) trouble(`Not in the ${called}. ${why} What was sent is kept beside it; what you type from now on stays in the boxes and on this device.`);
  else trouble(`Not saved to the server. ${why} ${kept}`);
  if (signInToo) lead(signIn, "Sign in (opens in a new tab)");
  else if (fixed || (closes && /submitted/.test(why))) lead(record, `${read} (opens in a new tab)`);
}

// Nothing can be typed any more where it would go nowhere.
function closeAll(why) {
  for (const box of boxes()) for (const control of controlsOf(box)) control.readOnly = control.disabled = true;
  trouble(`Not in the ${called}. ${why}`);
}

function lead(href, textContent, target = "_blank") {
  if (words.querySelector("a")) return;
  words.append(" ", Object.assign(document.createElement("a"), { className: "govuk-link", href, target, rel: "noopener", textContent }));
}

function trouble(text) {
  say(text, true);
  troubled = text;
}

function say(text, keptHere) {
  troubled = "";
  line.classList.toggle("is-kept-here", keptHere);
  if (words.firstChild?.textContent !== text || words.childNodes.length > 1) words.textContent = text;
}

// Two texts for one box: theirs beside the own one, with three ways on.
function clash(field, { version, theirs, by, at, did }, sent) {
  clashes.add(field);
  taken[field] = theirs;
  const place = placeOf(field);
  place.querySelector(".ls-conflict")?.remove();
  const shown = document.getElementById("clash").content.cloneNode(true).firstElementChild;
  shown.setAttribute("aria-label", `Two texts: ${labelOf(field)}`);
  shown.querySelector("[data-clash=who]").textContent = did ? `${by} ${did} at ${at}:` : `${wrote({ by })} here at ${at}:`;
  shown.querySelector("[data-clash=theirs]").textContent = theirs || "(the box was emptied)";
  if (!place.querySelector("textarea")) shown.querySelector("[data-choice=both]").remove();
  shown.addEventListener("click", async (event) => {
    const choice = event.target.dataset.choice;
    if (!choice) return;
    if (choice === "theirs" && !(await isKeptBeside(field, sent))) return trouble("Your newest words in this box are not on the server yet, so they stay. Choose again once you are online.");
    if (choice === "theirs") put(field, theirs);
    if (choice === "both") put(field, `${theirs}\n\n${textOf(field)}`);
    baseOf(field).value = version;
    clashes.delete(field);
    shown.remove();
    (controlsOf(field)[0] ?? place).focus();
    if (waiting().length) save();
    else keepHere().then(() => say("Saved.", false));
  });
  place.append(shown);
}

// Words from the device for boxes that the page has not got any more, since they were locked or taken out meanwhile: they
// go to the server all the same, which keeps them and shows them where they belong.
async function sendHomeless() {
  const sent = homeless.length;
  if (!sent || busy || stopped) return;
  const cells = homeless.map(({ box, text, base }) => ({ field: box, text, base, seq: (seq += 1) }));
  const answer = await answered(cells).catch(() => null);
  if (![200, 409, 410].includes(answer?.status)) return;
  homeless.splice(0, sent);
  await keepHere();
  if (!waiting().length) lead(location.pathname, "Words from this device were kept beside what is locked now: load the page again to see them", "");
}

// Whoever takes the other text gives up the own one, which is on the server by then, with what was typed since it was sent.
async function isKeptBeside(field, sent) {
  while (textOf(field) !== sent) {
    sent = textOf(field);
    const answer = await answered(cellsOf([field]), { beside: true }).catch(() => null);
    if (![200, 409, 410].includes(answer?.status)) return false;
  }
  return true;
}

// The page goes: what changed is sent after it, as much as a browser lets through, and kept here in any case.
function leave() {
  const names = waiting().filter((box) => !clashes.has(box) && sending[box] !== textOf(box));
  if (!names.length || stopped || document.body.dataset.leaves) return;
  keepHere();
  let size = 0;
  const cells = cellsOf(names).filter((cell) => (size += JSON.stringify(cell).length * 2) < MOST);
  for (const cell of cells) sending[cell.field] = cell.text;
  if (cells.length) post(cells, { keepalive: true }).then((answer) => heard(answer, cells)).catch(() => {});
}
