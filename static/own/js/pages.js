// A page that is kept on the device as it stands, without the names of pupils: opened without a network, it goes on.
const { dataset: addresses } = document.querySelector("script[data-drafts]");
const drafts = await import(addresses.drafts);
const main = document.getElementById("main");
const SOON = 1000;
let timer;

export const isFromDevice = "kept" in document.body.dataset;

const texts = {}; // box -> the words that the server has: others have a place of their own

export const keepTexts = (taken) => Object.assign(texts, taken);

// Once nothing has changed for a moment. A page that goes on with another module than notes names it.
export function keepSoon(who) {
  clearTimeout(timer);
  timer = setTimeout(() => keepNow(who).catch(() => {}), SOON);
}

function keepNow(who) {
  if (document.body.dataset.leaves) return Promise.resolve();
  const module = main.querySelector("[data-keep-page]")?.dataset.keepPage ?? "notes";
  const page = { title: document.title, look: document.body.className, module, html: htmlOf() };
  return drafts.keepPage(who, location.pathname, page);
}

function htmlOf() {
  const copy = main.cloneNode(true);
  for (const place of copy.querySelectorAll("[data-not-kept]")) place.textContent = place.dataset.notKept;
  for (const place of copy.querySelectorAll("[data-live], #offline, .ls-conflict, .govuk-error-summary, .ls-messages")) place.remove();
  for (const element of copy.querySelectorAll("input, select, textarea")) {
    if (element.name in texts) write(element, texts[element.name]);
    else if (element.name.startsWith("base-")) element.setAttribute("value", main.querySelector(`[name="${CSS.escape(element.name)}"]`).value);
  }
  return copy.innerHTML;
}

function write(element, text) {
  if (element.type === "radio" || element.type === "checkbox") element.toggleAttribute("checked", text === element.value);
  else if (element.localName === "select") for (const option of element.options) option.toggleAttribute("selected", option.value === text);
  else if (element.localName === "textarea") element.textContent = `\n${text}`; // a reader of HTML drops the first one
  else element.setAttribute("value", text);
}
