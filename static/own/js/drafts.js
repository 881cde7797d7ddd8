// Words on this device that the server has not taken yet: encrypted under a key of the person's that no script can read
// out, and gone once the server has them, at signing out, and after seven days.
const NAME = "lesson-study-drafts";
const KEPT_FOR = 7 * 24 * 60 * 60 * 1000;

let opened = null;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("keys");
      asked.result.createObjectStore("drafts");
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opened;
}

// One step in a store, done when the transaction is.
async function step(store, mode, act) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(store, mode);
    const asked = act(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

async function keyOf(who) {
  const kept = await step("keys", "readonly", (store) => store.get(who));
  if (kept && Date.now() - kept.made < KEPT_FOR) return kept.key;
  if (kept) await forgetPerson(who);
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  await step("keys", "readwrite", (store) => store.put({ key, made: Date.now() }, who));
  return key;
}

// What is about to be sent for one sheet: {client, seq, title, cells: {box: {text, base, label}}}. Nothing left
// means no draft.
export async function keep(who, sheet, sent) {
  const name = `${who}/${sheet}`;
  if (Object.keys(sent.cells).length === 0) return step("drafts", "readwrite", (store) => store.delete(name));
  const key = await keyOf(who);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const words = new TextEncoder().encode(JSON.stringify(sent));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, words);
  return step("drafts", "readwrite", (store) => store.put({ iv, sealed, at: Date.now() }, name));
}

export async function read(who, sheet) {
  const draft = await step("drafts", "readonly", (store) => store.get(`${who}/${sheet}`));
  const kept = draft && (await step("keys", "readonly", (store) => store.get(who)));
  if (!kept || Date.now() - draft.at > KEPT_FOR) return { cells: {} };
  const words = await crypto.subtle.decrypt({ name: "AES-GCM", iv: draft.iv }, kept.key, draft.sealed);
  return JSON.parse(new TextDecoder().decode(words));
}

// The names of all drafts on this device, "who/sheet".
export const names = () => step("drafts", "readonly", (store) => store.getAllKeys());

async function forgetPerson(who) {
  for (const name of await names()) {
    if (name.startsWith(`${who}/`)) await step("drafts", "readwrite", (store) => store.delete(name));
  }
  await step("keys", "readwrite", (store) => store.delete(who));
}

async function forgetAll() {
  await step("drafts", "readwrite", (store) => store.clear());
  await step("keys", "readwrite", (store) => store.clear());
}

export async function forgetOld() {
  for (const who of await step("keys", "readonly", (store) => store.getAllKeys())) {
    const kept = await step("keys", "readonly", (store) => store.get(who));
    if (kept && Date.now() - kept.made > KEPT_FOR) await forgetPerson(who);
  }
}

// Before signing out: all of it goes, and whoever has words here that the server has not got is asked first.
export async function mayLeave() {
  const unsent = (await names()).length;
  const where = unsent === 1 ? "a record" : `${unsent} records`;
  if (unsent && !confirm(`Words of ${where} are on this device and not on the server yet. If you sign out now, they are lost. Sign out?`)) return false;
  await forgetAll();
  return true;
}
