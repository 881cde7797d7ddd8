// What is on this device and belongs to one person: words and notes that the server has not taken yet, and the page as it
// was opened. Encrypted under a key of the person's that no script can read out, and gone once the server has them, at
// signing out, and after seven days.
const NAME = "lesson-study-drafts", VERSION = 2;
const KEPT_FOR = 7 * 24 * 60 * 60 * 1000;
const LEAVING = 800;
const SEALED = ["drafts", "pages", "outbox"];

let opened = null, turn = Promise.resolve();

function open() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, VERSION);
    asked.onupgradeneeded = () => {
      for (const store of ["keys", ...SEALED]) if (!asked.result.objectStoreNames.contains(store)) asked.result.createObjectStore(store);
      renameFirstDrafts(asked.transaction.objectStore("drafts"));
    };
    asked.onblocked = () => reject(new Error("A page of an older version is open."));
    asked.onerror = () => reject(asked.error);
    asked.onsuccess = () => {
      asked.result.onversionchange = () => asked.result.close();
      asked.result.onclose = forgetOpened;
      resolve(asked.result);
    };
  }).catch((error) => {
    forgetOpened();
    throw error;
  });
  return opened;
}

const forgetOpened = () => (opened = null);

// The first version knew records of visits only, and named a draft "who/visit".
function renameFirstDrafts(store) {
  store.openCursor().onsuccess = ({ target: { result: cursor } }) => {
    if (!cursor) return;
    const [, who, visit] = /^(\d+)\/(\d+)$/.exec(cursor.key) ?? [];
    if (who) {
      store.put(cursor.value, `${who}|/visits/${visit}/record/write/`);
      cursor.delete();
    }
    cursor.continue();
  };
}

// One step in a store, done when the transaction is. A browser that went to sleep may have closed what was opened.
async function step(store, mode, act, again = true) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(store, mode);
      const asked = act(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error ?? asked.error);
    });
  } catch (error) {
    if (!again || error?.name === "QuotaExceededError") throw error;
    forgetOpened();
    return step(store, mode, act, false);
  }
}

// What is asked for later is done later, in all tabs: words that were just taken off do not come back.
function inTurn(act) {
  const done = turn.then(() => (navigator.locks ? navigator.locks.request(NAME, act) : act()));
  turn = done.catch(() => {});
  return done;
}

const get = (store, name) => step(store, "readonly", (rows) => rows.get(name));
const put = (store, row, name) => step(store, "readwrite", (rows) => rows.put(row, name));
const drop = (store, name) => step(store, "readwrite", (rows) => rows.delete(name));
const namesIn = (store) => step(store, "readonly", (rows) => rows.getAllKeys());
const namesOf = async (store, who) =>
  (await namesIn(store)).filter((name) => name.startsWith(`${who}|`)).map((name) => name.slice(`${who}|`.length)).sort();
const isOld = (row) => Date.now() - row.at > KEPT_FOR;

async function keyOf(who) {
  const kept = await get("keys", who);
  if (kept) return kept.key;
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  await put("keys", { key, made: Date.now() }, who);
  return key;
}

async function seal(key, bytes) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, sealed: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, bytes) };
}

const unseal = (key, { iv, sealed }) => crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, sealed);

// A plain value, and the bytes of a file where there is one.
async function keepIn(store, who, name, value, bytes) {
  const key = await keyOf(who);
  const row = { ...(await seal(key, new TextEncoder().encode(JSON.stringify(value)))), at: Date.now() };
  if (bytes) row.file = await seal(key, bytes);
  return put(store, row, `${who}|${name}`);
}

async function readFrom(store, who, name) {
  const row = await get(store, `${who}|${name}`);
  const kept = row && !isOld(row) && (await get("keys", who));
  if (!kept) return null;
  const value = JSON.parse(new TextDecoder().decode(await unseal(kept.key, row)));
  return { value, at: row.at, bytes: row.file ? await unseal(kept.key, row.file) : null };
}

// What is about to be sent for one page: a list of words, each with its tab. Nothing left means no draft. What other tabs
// keep for the page stays beside it, be it for the same box, but for those whose words this one has taken up (`tabs`).
export const keep = (who, path, words, tabs) =>
  inTurn(async () => {
    const others = (await read(who, path).catch(() => [])).filter(({ tab }) => !tabs.includes(tab));
    const all = [...others, ...words];
    return all.length ? keepIn("drafts", who, path, all) : drop("drafts", `${who}|${path}`);
  });

// The pages for which words of a person's are kept.
export const pathsOf = (who) => namesOf("drafts", who);

// What tabs that are gone keep for a page; those of another open tab stay that one's. Loaded again, a page has just gone.
export async function left(who, path) {
  const kept = await read(who, path);
  let there = await living();
  if (kept.some(({ tab }) => there.has(tab))) await new Promise((done) => setTimeout(done, LEAVING));
  there = await living();
  return kept.filter(({ tab }) => !there.has(tab));
}

// The tabs that live: each holds a lock of its name for as long as it does.
export const live = (tab) => void navigator.locks?.request(`tab ${tab}`, () => new Promise(() => {}));
const living = async () => new Set(((await navigator.locks?.query())?.held ?? []).map((lock) => lock.name.replace(/^tab /, "")));

// A page of an older version kept {client, seq, cells: {box: {text, base, client, seq, tab}}}.
async function read(who, path) {
  const kept = (await readFrom("drafts", who, path))?.value ?? [];
  if (Array.isArray(kept)) return kept;
  return Object.entries(kept.cells).map(([box, cell]) => ({ box, client: kept.client, seq: kept.seq, ...cell }));
}

// The page as it was opened: {title, look, module, html}. One person's at a time, for one may read them offline.
export const keepPage = (who, path, page) =>
  inTurn(async () => {
    for (const name of await namesIn("pages")) if (!name.startsWith(`${who}|`)) await drop("pages", name);
    return keepIn("pages", who, path, page);
  });

// The page that was opened last at an address, and whose it is.
export async function pageAt(path) {
  for (const name of await namesIn("pages")) {
    const [who, of] = name.split("|");
    const page = of === path && (await readFrom("pages", who, path));
    if (page) return { who, at: page.at, ...page.value };
  }
  return null;
}

// What is to be sent, one thing after the other, each under the id that it was given on this device.
export const keepItem = (who, name, value, bytes) => inTurn(() => keepIn("outbox", who, name, value, bytes));
export const dropItem = (who, name) => inTurn(() => drop("outbox", `${who}|${name}`));
export const readItem = (who, name) => readFrom("outbox", who, name);
export const itemsOf = (who) => namesOf("outbox", who);

// Each thing goes seven days after it was kept, and a key as old once nothing is left under it.
export const forgetOld = () =>
  inTurn(async () => {
    const inUse = new Set();
    for (const store of SEALED) {
      for (const name of await namesIn(store)) {
        const row = await get(store, name);
        if (row && isOld(row)) await drop(store, name);
        else inUse.add(name.split("|")[0]);
      }
    }
    for (const who of await namesIn("keys")) {
      const kept = await get("keys", who);
      if (kept && !inUse.has(String(who)) && Date.now() - kept.made > KEPT_FOR) await drop("keys", who);
    }
  });

// Before signing out: all of it goes, and whoever has words here that the server has not got is asked first.
export async function mayLeave() {
  const pages = (await namesIn("drafts")).length, notes = (await namesIn("outbox")).length;
  const unsent = [pages && (pages === 1 ? "words of a page" : `words of ${pages} pages`), notes && (notes === 1 ? "a note" : `${notes} notes`)];
  const what = unsent.filter(Boolean).join(" and ");
  const asked = `On this device and not on the server yet: ${what}. If you sign out now, that is lost. Sign out?`;
  if (what && !confirm(asked)) return false;
  await inTurn(async () => {
    for (const store of ["keys", ...SEALED]) await step(store, "readwrite", (rows) => rows.clear());
    for (const name of await caches.keys()) await caches.delete(name);
  });
  return true;
}
