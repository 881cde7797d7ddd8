// Saves a sheet of boxes by itself: on this device after a moment, on the server soon after. "Saved" is said when the
// server has said so. Nothing here leaves the page or takes words out of a box, but for a choice of the person's.
const form = document.querySelector("form[data-notes]");
const drafts = await import(form.dataset.drafts);
const { who, notes: sheet, title, record, save: address, signIn } = form.dataset;
const line = document.getElementById("saved");
const words = document.getElementById("saved-words");
const SOON = 800, LATER = 3500, AGAIN = 10000, MOST = 60000;

const taken = {}; // box -> the text that the server has
const sending = {}; // box -> the text on its way
const clashes = new Set(); // boxes that wait for a choice
let client = form.elements.client.value, seq = 0, token = form.elements.csrfmiddlewaretoken.value, busy = false, stopped = "", fixed = false;
let draftTimer, saveTimer;

const boxes = () => [...form.querySelectorAll("[name^='base-']")].map((input) => input.name.slice(5));
const baseOf = (box) => form.elements[`base-${box}`];
const textOf = (box) => form.elements[box]?.value ?? "";
const isWaiting = (box) => textOf(box) !== taken[box];
const waiting = () => boxes().filter(isWaiting);

for (const box of boxes()) taken[box] = textOf(box);
drafts.forgetOld().catch(() => {});
await restore().catch(() => {});

form.addEventListener("input", noticed);
form.addEventListener("change", noticed);
form.elements.all_there?.addEventListener("click", allThere);
form.addEventListener("focusout", () => waiting().length && save());
form.addEventListener("submit", sendWhole);
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && leave());
addEventListener("pagehide", leave);
addEventListener("online", () => save());
navigator.serviceWorker?.register(form.dataset.worker).catch(() => {});
setInterval(() => waiting().length && !busy && save(), AGAIN);

function noticed() {
  clearTimeout(draftTimer);
  draftTimer = setTimeout(keepHere, SOON);
  saveTimer ??= setTimeout(save, LATER); // from the first key on: whoever goes on typing hears of the server all the same
}

function allThere(event) {
  event.preventDefault();
  for (const box of boxes()) if (box.startsWith("presence-")) put(box, "present");
  save();
}

function keepHere() {
  if (document.body.dataset.leaves) return;
  const cells = {};
  for (const box of waiting()) cells[box] = { text: textOf(box), base: Number(baseOf(box).value), label: labelOf(box) };
  return drafts.keep(who, sheet, { client, seq, title, cells }).catch(() => {});
}

function labelOf(box) {
  return document.querySelector(`label[for="${CSS.escape(box)}"]`)?.textContent ?? box;
}

// A page that was left without its words on the server opens with them. It goes on as the page that it was: what that
// page sent as it was left is its own, not somebody else's.
async function restore() {
  const sent = await drafts.read(who, sheet);
  if (sent.client) {
    client = form.elements.client.value = sent.client;
    seq = sent.seq + 1000;
  }
  const { cells } = sent;
  for (const [box, cell] of Object.entries(cells)) {
    if (!baseOf(box) || cell.text === taken[box]) continue;
    put(box, cell.text);
    baseOf(box).value = cell.base;
  }
  if (!waiting().length) return keepHere();
  say("Words from this device are back in their boxes, and on their way to the server.", false);
  return save();
}

function put(box, text) {
  const element = form.elements[box];
  if (element) element.value = text;
}

function cellsOf(names) {
  return names.map((field) => ({ field, text: textOf(field), base: Number(baseOf(field).value), seq: (seq += 1) }));
}

function post(cells, more = {}) {
  return fetch(address, {
    method: "POST",
    redirect: "error",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify({ who: Number(who), client, cells }),
    ...more,
  });
}

// The button leads on once the server has every word; without it the page stays as it is.
async function sendWhole(event) {
  form.elements.seq.value = seq;
  if (!busy && !waiting().length) return;
  event.preventDefault();
  while (busy) await new Promise((done) => setTimeout(done, 50));
  await save();
  if (waiting().length) return;
  setTimeout(() => form.requestSubmit(event.submitter)); // not while this submission is still under way
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
async function answered(cells) {
  const answer = await post(cells);
  if (answer.status !== 403) return answer;
  const asked = await fetch(address, { redirect: "error" });
  if (!asked.ok) return asked;
  const mine = await asked.json();
  if (String(mine.who) !== who) return new Response(JSON.stringify({ words: "Someone else is signed in in this browser." }), { status: 403 });
  token = mine.token;
  form.elements.csrfmiddlewaretoken.value = token;
  return post(cells);
}

async function heard(answer, cells) {
  if (answer.status === 401) return notSaved("You are signed out.", true);
  if (answer.status === 200 || answer.status === 409) return took(await answer.json(), cells);
  const said = await answer.json().catch(() => ({}));
  if (answer.status === 410) stopped = said.words; // kept on the server, beside the record
  notSaved(said.words ?? "The server did not take it.", answer.status === 403);
}

async function took({ cells: states, at }, cells) {
  for (const { field, text } of cells) {
    const state = states[field];
    tell(field, state.problem);
    if (state.state === "saved") {
      taken[field] = text;
      baseOf(field).value = state.version;
    } else if (state.state === "fixed") {
      stopped = "The record was signed meanwhile.";
      fixed = true;
    } else {
      clash(field, state);
    }
  }
  await keepHere();
  if (stopped) return notSaved(stopped);
  if (clashes.size) return say("Somebody else wrote in a box while you did. Both texts are kept: choose below.", true);
  if (!waiting().length) say(`Saved at ${at}.`, false);
}

// Beside a box: that no day, or no number, can be read in it.
function tell(field, problem) {
  const element = form.elements[field], id = `${field}-error`;
  const told = document.getElementById(id);
  if (!problem && !told) return;
  const place = document.getElementById(`box-${field}`);
  place.classList.toggle("govuk-form-group--error", Boolean(problem));
  if (told?.lastChild.textContent.trim() === problem) return;
  told?.remove();
  if (!problem) return element.removeAttribute?.("aria-describedby");
  const line = Object.assign(document.createElement("p"), { className: "govuk-error-message", id });
  line.append(Object.assign(document.createElement("span"), { className: "govuk-visually-hidden", textContent: "Error:" }), ` ${problem}`);
  element.before(line);
  element.setAttribute("aria-describedby", id);
}

function notSaved(why, signInToo = false) {
  if (stopped) say(`Not in the record. ${why} What was sent is kept beside it; what you type from now on stays in the boxes and on this device.`, true);
  else say(`Not saved to the server. ${why} Your words are kept on this device and go on their way by themselves.`, true);
  if (signInToo) lead(signIn, "Sign in (opens in a new tab)");
  else if (fixed) lead(record, "Read the record (opens in a new tab)");
}

function lead(href, textContent) {
  if (words.querySelector("a")) return;
  words.append(" ", Object.assign(document.createElement("a"), { className: "govuk-link", href, target: "_blank", rel: "noopener", textContent }));
}

function say(text, keptHere) {
  line.classList.toggle("is-kept-here", keptHere);
  if (words.firstChild?.textContent !== text || words.childNodes.length > 1) words.textContent = text;
}

// Two texts for one box: theirs beside the own one, with three ways on.
function clash(field, { version, theirs, by, at }) {
  clashes.add(field);
  const place = document.getElementById(`box-${field}`);
  place.querySelector(".ls-conflict")?.remove();
  const shown = document.getElementById("clash").content.cloneNode(true).firstElementChild;
  shown.setAttribute("aria-label", `Two texts: ${labelOf(field)}`);
  shown.querySelector("[data-clash=who]").textContent = `${by || "Someone else"} wrote here at ${at}:`;
  shown.querySelector("[data-clash=theirs]").textContent = theirs || "(the box was emptied)";
  if (!place.querySelector("textarea")) shown.querySelector("[data-choice=both]").remove();
  shown.addEventListener("click", (event) => {
    const choice = event.target.dataset.choice;
    if (!choice) return;
    if (choice === "theirs") put(field, theirs);
    if (choice === "both") put(field, `${theirs}\n\n${textOf(field)}`);
    if (choice === "theirs") taken[field] = theirs;
    else taken[field] = null;
    baseOf(field).value = version;
    clashes.delete(field);
    shown.remove();
    (form.elements[field].focus ? form.elements[field] : place).focus();
    if (waiting().length) save();
    else keepHere().then(() => say("Saved.", false));
  });
  place.append(shown);
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
