// The page without a network: the words of this record that are on the device and not on the server, to go on with.
const { drafts: address } = document.querySelector("script[data-drafts]").dataset;
const drafts = await import(address);
const place = document.getElementById("words");
const sheet = location.pathname.split("/")[2];
const AGAIN = 10000, STILL = 3000;
let kept = Promise.resolve(), typedAt = 0;

for (const name of await drafts.names()) {
  const [who, of] = name.split("/");
  if (of === sheet) await show(who);
}
if (!place.childElementCount) document.getElementById("none").hidden = false;
document.getElementById("again").addEventListener("click", goBack);
addEventListener("online", lookForServer);
setInterval(lookForServer, AGAIN);

// Back to the editor once the server answers, not in the middle of a word: the words go with it and are sent from there.
async function lookForServer() {
  const answer = await fetch(location.href, { method: "HEAD", cache: "no-store" }).catch(() => null);
  if (!answer || answer.status >= 500) return;
  if (Date.now() - typedAt < STILL) return setTimeout(lookForServer, STILL);
  goBack();
}

async function goBack() {
  await kept.catch(() => {});
  location.reload();
}

async function show(who) {
  const sent = await drafts.read(who, sheet);
  if (sent.title) Object.assign(document.getElementById("title"), { textContent: sent.title, hidden: false });
  for (const [box, cell] of Object.entries(sent.cells)) {
    if (!box.startsWith("section-") && !box.endsWith("-what")) continue;
    const label = Object.assign(document.createElement("label"), { className: "govuk-label govuk-label--s", htmlFor: box, textContent: cell.label });
    const area = Object.assign(document.createElement("textarea"), { className: "govuk-textarea", id: box, rows: 6, value: cell.text });
    area.addEventListener("input", () => {
      cell.text = area.value;
      typedAt = Date.now();
      kept = drafts.keep(who, sheet, sent);
    });
    place.append(label, area);
  }
}
