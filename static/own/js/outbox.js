// Notes and photos on their way to the server: kept on this device in the order in which they were made, and sent one
// after the other. Each has an id of its own, so that what is sent twice is there once.
const { dataset: addresses } = document.querySelector("script[data-drafts]");
const drafts = await import(addresses.drafts);
const PATIENCE = 20000, PATIENCE_WITH_FILE = 90000, MOST = 50, AGAIN = 10000;
const REFUSED = new Set([400, 403, 404, 413, 415, 422]);
const NO_PLACE = "The server has no place for this any more: copy what you need.";
const OFFLINE = "You are offline, or the server cannot be reached.";

// One person's, with a token for forms. `tell` hears how it stands after each step: how many wait, what was sent, what
// the server cannot take, what is in this page only, why nothing goes, and what the server told of the lesson.
export function outboxOf(who, token, tell) {
  let busy = false, oneByOne = false, last = 0;
  const refused = new Map(); // name -> {words, item}
  const stuck = new Set(); // addresses that did not take anything in this round
  const unkept = new Map(); // name -> what this device has no room for

  const names = async () => [...(await drafts.itemsOf(who).catch(() => [])), ...unkept.keys()].sort();
  const read = async (name) => unkept.get(name) ?? (await drafts.readItem(who, name));

  async function said(more = {}) {
    tell({ waiting: (await names()).length - refused.size, refused: [...refused], unkept: unkept.size, ...more });
  }

  async function drop(name) {
    refused.delete(name);
    if (!unkept.delete(name)) await drafts.dropItem(who, name);
  }

  // {client, path, data}: kept before anything is sent; where the device has no room, in this page.
  async function add(item, file) {
    last = Math.max(Date.now(), last + 1);
    const name = `${String(last).padStart(15, "0")}|${item.client}`;
    const value = { title: document.title, ...item, type: file?.type }, bytes = file && (await file.arrayBuffer());
    await drafts.keepItem(who, name, value, bytes).catch(() => unkept.set(name, { value, bytes }));
    await said();
    flush();
  }

  const all = async () => {
    const items = [];
    for (const name of await names()) items.push({ name, ...(await read(name))?.value });
    return items;
  };

  // The next notes for one address, or the next photo.
  async function next() {
    const batch = [];
    for (const name of await names()) {
      if (refused.has(name)) continue;
      const kept = await read(name);
      if (!kept) {
        await drop(name); // older than seven days, or of a key that is gone
        continue;
      }
      const item = { name, ...kept.value, bytes: kept.bytes };
      if (stuck.has(item.path)) continue;
      if (batch.length && (item.bytes || item.path !== batch[0].path)) break;
      batch.push(item);
      if (item.bytes || oneByOne || batch.length === MOST) break;
    }
    return batch;
  }

  function send(batch) {
    const [{ path, client, data, bytes, type }] = batch, now = new Date().toISOString();
    const headers = { "X-CSRFToken": token }, signal = AbortSignal.timeout(bytes ? PATIENCE_WITH_FILE : PATIENCE);
    const post = { method: "POST", redirect: "error", signal };
    if (!bytes) {
      const body = JSON.stringify({ who: Number(who), now, items: batch.map((item) => ({ client: item.client, ...item.data })) });
      return fetch(path, { ...post, headers: { ...headers, "Content-Type": "application/json" }, body });
    }
    const body = new FormData();
    for (const [name, value] of Object.entries({ who, now, client, ...data })) body.set(name, value ?? "");
    body.set("file", new Blob([bytes], { type }), "photo");
    return fetch(path, { ...post, headers, body });
  }

  // The answer; after a new sign-in with a new token, once.
  async function answered(batch) {
    const answer = await send(batch);
    if (answer.status !== 403) return answer;
    const asked = await fetch(batch[0].path, { redirect: "error", cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    if (!asked.ok) return asked;
    const mine = await asked.json();
    if (String(mine.who) !== String(who)) return new Response(JSON.stringify({ words: "Someone else is signed in in this browser." }), { status: 401 });
    token = mine.token;
    return send(batch);
  }

  // Whether there is more to send now.
  async function heard(answer, batch) {
    const { words, lesson } = await answer.json().catch(() => ({}));
    if (answer.ok || answer.status === 410) {
      for (const { name } of batch) await drop(name);
      oneByOne = false;
      await said({ sent: batch.map(({ client }) => client), apart: words, items: batch, lesson });
      return true;
    }
    if (REFUSED.has(answer.status)) {
      const why = words ?? ([403, 404].includes(answer.status) ? NO_PLACE : "The server did not take it.");
      if (batch.length === 1) refused.set(batch[0].name, { words: why, item: batch[0] });
      oneByOne = batch.length > 1;
      await said();
      return true;
    }
    const signIn = answer.status === 401;
    if (!signIn) stuck.add(batch[0].path); // what is for other addresses goes on
    await said({ why: words ?? (signIn ? "You are signed out." : "The server did not take it."), signIn });
    return !signIn;
  }

  // Two tabs do not send at once: what one has taken up, the other waits for.
  async function flush() {
    if (busy) return;
    busy = true;
    try {
      await (navigator.locks?.request ?? ((_, act) => act())).call(navigator.locks, "lesson-study-outbox", sendAll);
    } catch {
      await said({ why: OFFLINE });
    } finally {
      busy = false;
    }
  }

  async function sendAll() {
    stuck.clear();
    for (let batch = await next(); batch.length; batch = await next()) {
      if (document.body.dataset.leaves || !(await heard(await answered(batch), batch))) break;
    }
  }

  async function forget(name) {
    await drop(name);
    await said();
  }

  addEventListener("online", flush);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && flush());
  setInterval(flush, AGAIN);
  return { add, all, flush, forget, said };
}
