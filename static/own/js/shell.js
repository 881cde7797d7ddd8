// The page without a network: the words of this record that are on the device and not on the server, to go on with.
const { drafts: address } = document.querySelector("script[data-drafts]").dataset;
const drafts = await import(address);
const place = document.getElementById("words");
const sheet = location.pathname.split("/")[2];

for (const name of await drafts.names()) {
  const [who, of] = name.split("/");
  if (of === sheet) await show(who);
}
if (!place.childElementCount) document.getElementById("none").hidden = false;
addEventListener("online", () => (document.getElementById("back").hidden = false));

async function show(who) {
  const sent = await drafts.read(who, sheet);
  for (const [box, cell] of Object.entries(sent.cells)) {
    if (!box.startsWith("section-") && !box.endsWith("-what")) continue;
    const label = Object.assign(document.createElement("label"), { className: "govuk-label govuk-label--s", htmlFor: box, textContent: cell.label });
    const area = Object.assign(document.createElement("textarea"), { className: "govuk-textarea", id: box, rows: 6, value: cell.text });
    area.addEventListener("input", () => {
      cell.text = area.value;
      drafts.keep(who, sheet, sent);
    });
    place.append(label, area);
  }
}
