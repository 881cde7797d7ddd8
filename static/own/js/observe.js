// Observing a lesson: every tap and every note is kept on this device first and sent when there is a network.
const { dataset: addresses } = document.querySelector("script[data-drafts]");
const drafts = await import(addresses.drafts);
const { outboxOf } = await import(addresses.outbox);
const { isFromDevice, keepSoon } = await import(addresses.pages);
const form = document.getElementById("observe");
const { who, send, photos, signIn } = form.dataset;
const path = `${location.pathname}#note`;
const byId = (id) => document.getElementById(id);
const note = byId("note"), list = byId("kept"), device = byId("device"), words = byId("device-words");
const stages = [...form.querySelectorAll(".ls-observe__stages [name=mark]")];
const GROUPINGS = { alone: "alone", pair: "in a pair", group: "in a group", class: "whole class" };
const tab = crypto.randomUUID(), tabs = [tab]; // and those whose half-written notes this one has taken up
const STATES = ["planned", "running", "ended"];
const LONGEST = 2000, QUALITY = 0.85, TICK = 5000, SOON = 500, ASK = 30000, PATIENCE = 20000;
const halfClient = crypto.randomUUID(); // of the half-written note, should another page have to send it
let typedAt = null, offlineSince = null, draftTimer, unkept = 0, told = null;

const clock = (at) => new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
const chosen = (name) => form.querySelector(`[name=${name}]:checked`)?.value ?? "";
const outbox = outboxOf(who, form.elements.csrfmiddlewaretoken.value, tell);

if (document.querySelector("form[data-notes]")) await import(addresses.notes);
drafts.live(tab);
drafts.forgetOld().catch(() => {});
byId("photo-button").hidden = true;
await restore().catch(() => {});
look();
keepSoon(who);
outbox.flush();

form.addEventListener("submit", submitted);
form.addEventListener("change", changed);
document.addEventListener("submit", ended, true);
note.addEventListener("input", typed);
navigator.serviceWorker?.register(form.dataset.worker).catch(() => {});
navigator.storage?.persist?.().catch(() => {});
addEventListener("offline", () => outbox.said({ why: "No network." }));
addEventListener("beforeunload", (event) => (unkept || document.body.dataset.unkept) && event.preventDefault());
addEventListener("online", ask);
document.addEventListener("visibilitychange", ask);
setInterval(() => (look(), follow()), TICK);
setInterval(ask, ASK);

// What is kept ---------------------------------------------------------------------------------------------------------

function keep(kind, more = {}) {
  const item = { at: new Date().toISOString(), pupil: "", stage: Number(byId("stage-now")?.value) || null, kind, grouping: "", text: "", ...more };
  const client = crypto.randomUUID();
  show(client, item, "on this device");
  return outbox.add({ client, path: send, data: item });
}

function submitted(event) {
  event.preventDefault();
  const button = event.submitter;
  if (button?.name === "mark") return mark(Number(button.value));
  if (button?.name === "do") return step(button.value);
  return keepNote();
}

// The button that ends the lesson stands outside the form.
function ended(event) {
  if (event.target === form && !form.contains(event.submitter)) byId("end").open = false;
}

async function keepNote() {
  const text = note.value.trim();
  if (!text) return (note.focus(), say("Write what was said or done, then keep it."));
  const at = (typedAt ?? new Date()).toISOString();
  note.value = "";
  typedAt = null;
  look();
  await keep(chosen("kind"), { at, text, pupil: chosen("pupil"), grouping: chosen("grouping") });
  await keepDraft();
}

function mark(stage) {
  setStage(stage, new Date());
  form.querySelector(".ls-observe__stages")?.removeAttribute("open");
  keep("stage", { stage });
}

function step(which) {
  setState(which === "start" ? "running" : "ended");
  if (which === "start" && stages.length) setStage(Number(stages[0].value), new Date());
  keep(which);
  if (which === "end") byId("judge")?.scrollIntoView({ block: "start" });
}

async function changed({ target }) {
  if (target.type === "file") return keepPhoto(target);
  look();
  keepDraft();
}

async function keepPhoto(input) {
  const [file] = input.files;
  if (!file) return;
  const data = { at: new Date().toISOString(), pupil: chosen("pupil"), stage: Number(byId("stage-now")?.value) || null, kind: "photo" };
  const client = crypto.randomUUID();
  show(client, data, "on this device");
  byId("photo").open = false;
  await outbox.add({ client, path: photos, data: { ...data, stage: data.stage ?? "" } }, await smaller(file));
  input.value = "";
}

// Smaller, and without where it was taken; as it is where the browser cannot read it: the server then says what is wrong.
async function smaller(file) {
  try {
    const image = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(image.width, image.height));
    const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(image.width * scale), height: Math.round(image.height * scale) });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return (await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY))) ?? file;
  } catch {
    return file;
  }
}

// The half-written note, and with it when it was begun.
function typed() {
  typedAt ??= new Date();
  look();
  clearTimeout(draftTimer);
  draftTimer = setTimeout(keepDraft, SOON);
}

async function keepDraft() {
  if (document.body.dataset.leaves) return;
  const stage = Number(byId("stage-now")?.value) || null, choices = { pupil: chosen("pupil"), stage, kind: chosen("kind"), grouping: chosen("grouping") };
  const half = { text: note.value, at: typedAt, ...choices, tab, client: halfClient, save: send, title: document.title };
  await drafts.keep(who, path, note.value ? [half] : [], tabs).catch(() => {});
}

async function restore() {
  for (const { client, path: to, data } of await outbox.all()) {
    if (to !== send && to !== photos) continue;
    show(client, data, "on this device");
    if (data.kind === "start") setState("running");
    if (data.kind === "end") setState("ended");
    if (data.kind === "stage") setStage(data.stage, new Date(data.at));
  }
  await restoreHalf();
}

// Half-written notes of tabs that are gone, the earliest first: they go on as one, with the choices of the latest.
async function restoreHalf() {
  const halves = (await drafts.left(who, path)).sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
  if (note.value) typedAt = new Date(); // faster than this script
  if (!halves.length) return;
  tabs.push(...halves.map((half) => half.tab));
  const latest = halves.at(-1);
  note.value = [...halves.map((half) => half.text), note.value].filter(Boolean).join("\n");
  typedAt = halves[0].at ? new Date(halves[0].at) : null;
  for (const name of ["pupil", "kind", "grouping"]) {
    for (const control of form.querySelectorAll(`[name=${name}]`)) control.checked = control.value === latest[name];
  }
  await keepDraft();
}

// What others did with the lesson -----------------------------------------------------------------------------------------

// Now and then, until it has ended: who writes nothing hears of it too.
async function ask() {
  if (document.visibilityState === "hidden" || !navigator.onLine || form.dataset.state === "ended") return;
  const answer = await fetch(send, { redirect: "error", cache: "no-store", signal: AbortSignal.timeout(PATIENCE) }).catch(() => null);
  const mine = answer?.ok && (await answer.json().catch(() => null));
  if (mine && String(mine.who) === who) hear(mine.lesson);
}

// It is said at once, where nothing that is in use has to make room for it.
function hear(lesson) {
  if (!lesson) return;
  told = lesson;
  const news = byId("lesson-news");
  if (news && news.textContent !== lesson.words) news.textContent = lesson.words;
  if (document.activeElement === document.body) follow();
}

// Parts of the page come and go once nobody types, and never back behind what was tapped here and is not sent yet.
function follow() {
  if (!told || document.activeElement === note || STATES.indexOf(told.state) <= STATES.indexOf(form.dataset.state)) return;
  setState(told.state);
  if (told.state === "running" && stages.length && !byId("stage-now").value) setStage(Number(stages[0].value), new Date(told.began));
}

// What is shown --------------------------------------------------------------------------------------------------------

function setState(state) {
  form.dataset.state = state;
  const start = byId("start"), end = byId("end"), stage = byId("stage"), judge = byId("judge");
  if (start) start.hidden = state !== "planned";
  if (end) end.hidden = state !== "running";
  if (stage) stage.hidden = state !== "running";
  if (judge) judge.hidden = state !== "ended";
  keepSoon(who);
}

function setStage(pk, since) {
  const index = stages.findIndex((button) => Number(button.value) === pk);
  if (index < 0) return;
  const next = stages[index + 1];
  byId("stage-now").setAttribute("value", pk);
  byId("stage-number").textContent = stages[index].dataset.number;
  byId("stage-name").textContent = stages[index].dataset.name;
  byId("stage-since").textContent = `, since ${clock(since)}`;
  byId("next").hidden = !next;
  if (next) byId("next").value = next.value;
  byId("next-name").textContent = next?.dataset.name ?? "";
  for (const button of stages) button.toggleAttribute("aria-current", button === stages[index]);
  look();
  keepSoon(who);
}

// The clock, whose prediction, and what the button is about to do.
function look() {
  const pupil = chosen("pupil"), stage = byId("stage-now")?.value, kind = chosen("kind");
  byId("clock").textContent = clock(Date.now());
  // The text node stays: a button whose text is replaced between the finger's down and up is not pressed.
  byId("keep").firstChild.data = `Keep note at ${clock(typedAt ?? Date.now())}`;
  const whose = pupil || "the class";
  byId("note-label").textContent = kind === "words" ? `What did ${whose} say?` : kind === "teacher" ? "What did the teacher do?" : `What did ${whose} do?`;
  for (const line of form.querySelectorAll("[data-predicted]")) line.hidden = line.dataset.predicted !== `${stage}-${pupil}`;
}

function show(client, { at, pupil, kind, grouping, text, stage }, where) {
  if (list.querySelector(`[data-client="${client}"]`)) return;
  const line = document.createElement("li"), meta = document.createElement("span"), said = document.createElement(kind === "words" ? "q" : "span");
  const step = { start: "Lesson started", end: "Lesson ended", stage: `Stage: ${stages.find((button) => Number(button.value) === stage)?.dataset.name ?? ""}` }[kind];
  line.className = step ? "ls-seen__mark" : "ls-seen__one";
  line.dataset.client = client;
  line.dataset.live = "";
  meta.className = "ls-seen__meta";
  const whose = Object.assign(document.createElement("b"), { textContent: pupil || "Class" });
  meta.append(`${clock(at)} `, step ?? whose, grouping ? ` ${GROUPINGS[grouping]}` : "", Object.assign(document.createElement("span"), { textContent: `, ${where}` }));
  said.textContent = kind === "photo" ? "Photo of work" : text;
  line.append(meta);
  if (!step) line.append(said);
  list.prepend(line);
  byId("none-kept").hidden = true;
}

// How it stands, in words: what waits, since when, and that nothing is to be done.
function tell({ waiting, refused, unkept: inPage, sent = [], apart, why, signIn: out, lesson }) {
  unkept = inPage;
  hear(lesson);
  for (const client of sent) arrived(client, apart);
  if (sent.length) keepSoon(who);
  showRefused(refused);
  if (why && !out) offlineSince ??= new Date();
  if (sent.length) offlineSince = null;
  device.classList.toggle("is-waiting", waiting > 0);
  if (apart) return say(apart);
  if (out) return say(`${saved(waiting)} ${why}`, true);
  if (waiting > 0 && offlineSince) return say(`${saved(waiting)} No answer from the server since ${clock(offlineSince)}. They send themselves: nothing is to be done.`);
  if (waiting > 0) return say(`${saved(waiting)} Sending.`);
  if (sent.length) say(refused.length ? "The rest is sent." : "Everything is sent.");
  else if (why) say("No network. Go on: each note is saved on this device.");
}

function saved(waiting) {
  if (unkept) return `This device has no room for ${unkept === 1 ? "a note" : `${unkept} notes`}: ${unkept === 1 ? "it is" : "they are"} in this page only. Keep it open until all is sent.`;
  return `Saved on this device, not yet sent: ${waiting === 1 ? "1 note" : `${waiting} notes`}.`;
}

function arrived(client, apart) {
  const line = list.querySelector(`[data-client="${client}"]`);
  if (!line) return;
  delete line.dataset.live;
  line.querySelector(".ls-seen__meta").lastChild.textContent = apart ? ", kept apart" : ", sent";
}

function showRefused(refused) {
  const place = byId("refused");
  place.replaceChildren(
    ...refused.map(([name, { words: why, item }]) => {
      const line = document.createElement("li");
      const drop = Object.assign(document.createElement("button"), { type: "button", className: "ls-link-button", textContent: "Remove it from this device" });
      drop.addEventListener("click", () => (list.querySelector(`[data-client="${name.split("|")[1]}"]`)?.remove(), outbox.forget(name)));
      line.append(`${why}${item.data.text ? ` “${item.data.text}”` : ""} `, drop);
      return line;
    }),
  );
}

function say(text, signInToo) {
  if (words.textContent !== text) words.textContent = text;
  if (signInToo) words.append(" ", Object.assign(document.createElement("a"), { className: "govuk-link", href: signIn, target: "_blank", rel: "noopener", textContent: "Sign in (opens in a new tab)" }));
}

if (isFromDevice) outbox.said({ why: "No network." });
