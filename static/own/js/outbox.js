// Notes and photos on their way to the server: kept on this device in the order in which they were made, and sent one
// after the other. Each has an id of its own, so that what is sent twice is there once.
const { dataset: addresses } = document.querySelector("script[data-drafts]");
const drafts = await import(addresses.drafts);
const PATIENCE = 20000, PATIENCE_WITH_FILE = 90000, MOST = 50, AGAIN = 10000;
const REFUSED = new Set([400, 413, 415, 422]);
let last = 0;

// One person's, with a token for forms, and an address that gives a new one. `tell` hears how it stands after each step:
// {waiting, refused: [{name, words}], why, signIn, apart}.
export function outboxOf(who, { token, address, tell }) {
  let busy = false, oneByOne = false;
  const refused = new Map();
  const post = { method: "POST", redirect: "error" };

  async function names() {
    return (await drafts.itemsOf(who)).filter((name) => !refused.has(name));
  }

  async function said(more = {}) {
    const waiting = (await drafts.itemsOf(who).catch(() => [])).length - refused.size;
    tell({ waiting, refused: [...refused].map(([name, words]) => ({ name, words })), ...more });
  }

  // {client, path, kind, data}: kept before anything is sent; fails where the device has no room.
  async function add(item, file) {
    last = Math.max(Date.now(), last + 1);
    const name = `${String(last).padStart(15, "0")}-${item.client}`;
    await drafts.keepItem(who, name, { ...item, type: file?.type }, file && (await file.arrayBuffer()));
    await said();
    return name;
  }

  // The next notes for one address, or the next photo.
  async function next() {
    const batch = [];
    for (const name of await names()) {
      const kept = await drafts.readItem(who, name);
      if (!kept) {
        await drafts.dropItem(who, name); // older than seven days
        continue;
      }
      const of = { name, ...kept.value, bytes: kept.bytes };
      if (batch.length && (of.bytes || of.path !== batch[0].path)) break;
      batch.push(of);
      if (of.bytes || oneByOne || batch.length === MOST) break;
    }
    return batch;
  }

  function send(batch) {
    const [first] = batch, now = new Date().toISOString();
    if (!first.bytes) {
      const body = JSON.stringify({ who: Number(who), now, items: batch.map(({ client, data }) => ({ client, ...data })) });
      const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
      return fetch(first.path, { ...post, headers, body, signal: AbortSignal.timeout(PATIENCE) });
    }
    const body = new FormData();
    for (const [name, value] of Object.entries({ who, now, client: first.client, ...first.data })) body.set(name, value);
    body.set("file", new Blob([first.bytes], { type: first.type }), "photo");
    return fetch(first.path, { ...post, headers: { "X-CSRFToken": token }, body, signal: AbortSignal.timeout(PATIENCE_WITH_FILE) });
  }

  // The answer; after a new sign-in with a new token, once.
  async function answered(batch) {
    const answer = await send(batch);
    if (answer.status !== 403) return answer;
    const asked = await fetch(address, { redirect: "error", cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    if (!asked.ok) return asked;
    const mine = await asked.json();
    if (String(mine.who) !== String(who)) return new Response(JSON.stringify({ words: "Someone else is signed in in this browser." }), { status: 403 });
    token = mine.token;
    return send(batch);
  }

  // Whether there is more to send now.
  async function heard(answer, batch) {
    const { words } = await answer.json().catch(() => ({}));
    if (answer.ok || answer.status === 410) {
      for (const { name } of batch) await drafts.dropItem(who, name);
      oneByOne = false;
      await said({ apart: words });
      return true;
    }
    if (REFUSED.has(answer.status)) {
      if (batch.length === 1) refused.set(batch[0].name, words ?? "The server did not take it.");
      oneByOne = batch.length > 1;
      await said();
      return true;
    }
    const signIn = answer.status === 401;
    await said({ why: signIn ? "You are signed out." : (words ?? "The server did not take it."), signIn: signIn || answer.status === 403 });
    return false;
  }

  async function flush() {
    if (busy) return;
    busy = true;
    try {
      for (let batch = await next(); batch.length; batch = await next()) {
        if (!(await heard(await answered(batch), batch))) break;
      }
    } catch {
      await said({ why: "You are offline, or the server cannot be reached." });
    } finally {
      busy = false;
    }
  }

  async function forget(name) {
    refused.delete(name);
    await drafts.dropItem(who, name);
    await said();
  }

  addEventListener("online", flush);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && flush());
  setInterval(flush, AGAIN);
  return { add, flush, forget, said };
}
