// What waits on this device for pages that are not open: it is sent from the page that is, and what became of it is said
// there. Nothing of it goes unsaid: what the server will never take is shown to copy, and goes when the person says so.
const { dataset: addresses } = document.querySelector("script[data-drafts]");
const { who } = addresses;
const drafts = await import(addresses.drafts);
const { outboxOf } = await import(addresses.outbox);
const PATIENCE = 20000, APART = 1000;
const NO_PLACE = "The server has no place for these words any more, so they are on this device only. Copy what you need.";
const isObserved = document.querySelector("[data-keep-page=observe]");
const lines = new Map(); // of what is said -> its place in the banner
let token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;

const outbox = isObserved ? null : outboxOf(who, token, tellOfNotes); // that page has its own
outbox?.flush();
sendWaiting();
addEventListener("online", sendWaiting);

// Words of pages ---------------------------------------------------------------------------------------------------------

// Two tabs do not send at once. Without a network all of it stays where it is.
function sendWaiting() {
  const request = navigator.locks?.request ?? ((_, act) => act());
  return request.call(navigator.locks, "lesson-study-later", async () => {
    for (const path of await drafts.pathsOf(who)) await takeUp(path);
  }).catch(() => {});
}

// A page that has its form takes up its own words, and an open tab keeps its own.
async function takeUp(path) {
  const [page, part] = path.split("#");
  if (page === location.pathname && document.querySelector(part ? "#observe" : "form[data-notes]")) return;
  const left = (await drafts.left(who, path)).filter(({ save }) => save);
  if (left.length && !part) return sendWords(path, left);
  if (left.length && outbox) return goOnWithNote(path, page, left);
}

const keep = (path, words, of) => drafts.keep(who, path, words, of.map(({ tab }) => tab));

// They go on as the page that they come from: what that page sent as it was left is its own, not somebody else's.
async function sendWords(path, left) {
  const last = Math.max(...left.map(({ seq }) => seq)) + APART;
  let rest = left.map((cell, place) => (cell.told ? cell : { ...cell, seq: last + place }));
  const waiting = rest.filter(({ told }) => !told);
  if (waiting.length) await keep(path, rest, left); // what is told only goes seven days after it was kept
  for (const client of new Set(waiting.map((cell) => cell.client))) {
    const sent = waiting.filter((cell) => cell.client === client);
    const became = await becameOf(path, sent, await answerTo(sent));
    rest = rest.flatMap((cell) => (sent.includes(cell) ? became[sent.indexOf(cell)] : [cell]));
    await keep(path, rest, left);
  }
  const told = rest.filter((cell) => cell.told);
  for (const why of new Set(told.map((cell) => cell.told))) {
    const those = told.filter((cell) => cell.told === why);
    const forget = async () => keep(path, (await drafts.left(who, path)).filter((cell) => cell.told !== why), left);
    say(`${path} ${why}`, those[0].title, why, those, those[0].opens ? { href: path, leads: "Open the page to choose" } : {}, forget);
  }
}

// Of each cell: nothing once the server has it, or the cell with what is told of it.
async function becameOf(path, sent, answer) {
  if (!answer) return sent.map((cell) => [cell]);
  const { cells = {}, words } = await answer.json().catch(() => ({}));
  if (answer.status === 410) {
    say(`${path} apart`, sent[0].title, words, sent);
    return sent.map(() => []);
  }
  if (answer.status !== 200 && answer.status !== 409) return sent.map((cell) => [{ ...cell, told: words ?? NO_PLACE }]);
  const fixed = sent.filter(({ box }) => cells[box]?.state === "fixed");
  if (fixed.length) say(`${path} fixed`, fixed[0].title, cells[fixed[0].box].words, fixed, { href: path, leads: "Open the page" });
  return sent.map((cell) => {
    const { state, by, at, did } = cells[cell.box] ?? {};
    if (state !== "conflict") return [];
    return [{ ...cell, told: `${by || "Somebody else"} ${did || "wrote in the same box"}${at ? ` at ${at}` : ""}. Both texts are kept.`, opens: true }];
  });
}

// The answer; with a new token, once. None where it is not one to these words: signed out, someone else, a server in trouble.
async function answerTo(sent) {
  const [{ save, client }] = sent;
  const cells = sent.map(({ box, text, base, seq }) => ({ field: box, text, base, seq }));
  const post = () =>
    ask(save, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify({ who: Number(who), client, cells }),
    });
  let answer = await post();
  if (answer.status === 403) {
    answer = await ask(save);
    const mine = answer.ok && (await answer.json());
    if (mine && String(mine.who) !== who) return null;
    if (mine) token = mine.token;
    if (mine) answer = await post();
  }
  return answer.status === 401 || answer.status >= 500 ? null : answer;
}

const ask = (address, more) => fetch(address, { redirect: "error", cache: "no-store", signal: AbortSignal.timeout(PATIENCE), ...more });

// A half-written note: its page goes on with it as long as it opens; else it is sent as it stands.
async function goOnWithNote(path, page, halves) {
  const answer = await ask(halves[0].save);
  const mine = answer.ok && (await answer.json());
  if (answer.status === 401 || answer.status >= 500 || (mine && String(mine.who) !== who)) return;
  if (mine?.lesson) {
    const link = { href: `${page}#note`, leads: "Go on with it" };
    return say(path, halves[0].title, "A note that you began is not kept yet.", halves, link, () => keep(path, [], halves));
  }
  for (const { client, save, title, at, pupil, stage, kind, grouping, text } of halves) {
    await outbox.add({ client, path: save, title, data: { at: at ?? new Date().toISOString(), pupil, stage, kind, grouping, text } });
  }
  await keep(path, [], halves);
}

// Notes and photos -------------------------------------------------------------------------------------------------------

function tellOfNotes({ refused, apart, items = [] }) {
  const texts = (kept) => kept.map(({ data, bytes }) => ({ text: bytes ? "Photo of work" : data.text }));
  if (apart) say(items.map(({ client }) => client).join(), items[0].title, apart, texts(items));
  for (const [name, { words, item }] of refused) {
    say(name, item.title, words, texts([item]), {}, () => outbox.forget(name));
  }
}

// What is said -----------------------------------------------------------------------------------------------------------

function banner() {
  const there = document.getElementById("later");
  if (there) return there.querySelector(".govuk-notification-banner__content");
  const place = Object.assign(document.createElement("div"), { className: "ls-messages", id: "later" });
  place.innerHTML = `<div class="govuk-notification-banner" role="region" aria-labelledby="later-title">
    <div class="govuk-notification-banner__header"><h2 class="govuk-notification-banner__title" id="later-title">Words from this device</h2></div>
    <div class="govuk-notification-banner__content" aria-live="polite"></div></div>`;
  document.getElementById("main").prepend(place);
  return place.querySelector(".govuk-notification-banner__content");
}

// Of which page, what became of the words, the words to copy, where to go on, and how to be rid of them.
function say(name, title, why, words, { href, leads } = {}, forget) {
  const line = Object.assign(document.createElement("div"), { className: "ls-device-words" });
  const head = Object.assign(document.createElement("p"), { className: "govuk-notification-banner__heading" });
  head.textContent = `${title?.replace(/ - Lesson Study$/, "") || "A page"}: ${why}`;
  line.append(head);
  for (const { text } of words) {
    if (text) line.append(Object.assign(document.createElement("blockquote"), { className: "ls-device-words__text", textContent: text }));
  }
  const acts = Object.assign(document.createElement("p"), { className: "ls-device-words__acts" });
  if (href) acts.append(Object.assign(document.createElement("a"), { className: "govuk-link", href, textContent: leads }));
  if (forget) acts.append(buttonTo(name, forget));
  if (acts.childNodes.length) line.append(acts);
  const content = banner();
  if (lines.has(name)) lines.get(name).replaceWith(line);
  else content.append(line);
  lines.set(name, line);
}

function buttonTo(name, forget) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "ls-link-button", textContent: "Remove it from this device" });
  button.addEventListener("click", async () => {
    await forget();
    lines.get(name)?.remove();
    lines.delete(name);
    if (!lines.size) document.getElementById("later").remove();
  });
  return button;
}
