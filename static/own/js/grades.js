// Grades by keyboard on top of notes.js, which saves them: type-ahead in the scale, Enter takes and moves down, a block
// from a spreadsheet fills many boxes, and what was pasted can be taken back. Without this the boxes are plain ones.
const form = document.querySelector("form[data-grades]");
const options = document.getElementById("options").content.firstElementChild;
const all = [...options.children].map((item) => ({ ...item.dataset, reason: "reason" in item.dataset, also: item.dataset.also?.split("|").filter(Boolean) ?? [] }));
const pasted = document.getElementById("pasted");
const MOST = 9, PATIENCE = 8000;
const marks = () => [...form.querySelectorAll(".ls-mark")];
const rowOf = (mark) => mark.closest("[data-row]");
const plain = (text) => text.trim().toLowerCase().replace(/[\s_]+/g, "");
const undos = []; // of each paste what stood in its boxes
let list = null, active = -1, given = "", quiet = false, pressed = false;

for (const mark of marks()) combine(mark);
form.addEventListener("focusin", ({ target }) => target.matches(".ls-mark") && enter(target));
form.addEventListener("focusout", ({ target }) => target.matches(".ls-mark") && leave(target));
form.addEventListener("input", ({ target }) => target.matches(".ls-mark") && !quiet && offer(target));
for (const change of ["input", "notes:taken"]) form.addEventListener(change, ({ target }) => target.matches(".ls-mark") && changed(rowOf(target)));
form.addEventListener("change", ({ target }) => isTick(target) && refuse(target), true); // before it is saved
form.addEventListener("mousedown", () => (pressed = true));
document.addEventListener("mouseup", release);
form.addEventListener("keydown", press);
document.addEventListener("keydown", pressUndo);
form.addEventListener("paste", paste);
form.addEventListener("click", step);
document.addEventListener("htmx:afterSettle", askAnew);
addEventListener("hashchange", goToHash);
goToHash();

function combine(mark) {
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "grade-options" })) mark.setAttribute(name, value);
}

function enter(mark) {
  given = mark.value;
  mark.select();
}

function leave(mark) {
  const exact = all.find(({ code }) => plain(code) === plain(mark.value));
  if (exact && exact.code !== mark.value) put(mark, exact.code);
  if (mark !== document.activeElement) unmark(mark, given); // it is, where somebody only looks at another window
  if (!pressed) close(mark);
}

const isTick = (control) => control.name?.startsWith("moderated-");
const tickOf = (mark) => [...rowOf(mark).querySelectorAll("[type=checkbox]")].find(isTick);

// Moderated is about one grade, and goes with it once another is taken. Beside a reason it is about none.
function unmark(mark, before) {
  const tick = tickOf(mark), stood = meant(before), now = meant(mark.value);
  if (!tick.checked || !(now?.reason || (stood && stood !== now))) return;
  tick.checked = false;
  tick.dispatchEvent(new Event("change", { bubbles: true }));
}

function changed(row) {
  row.querySelector("[data-refused]")?.remove();
  judge(row);
}

function refuse(tick) {
  const mark = rowOf(tick).querySelector(".ls-mark"), place = tick.closest("td");
  place.querySelector("[data-refused]")?.remove();
  if (!tick.checked || !meant(mark.value)?.reason) return;
  tick.checked = false;
  const said = Object.assign(document.createElement("p"), { className: "ls-ask", role: "alert", textContent: `Only a grade is moderated, and “${mark.value}” is none.` });
  said.dataset.refused = said.dataset.live = "";
  place.append(said);
}

// The list goes once the button is let go: gone before, the button would move away from under the finger.
function release() {
  pressed = false;
  const mark = list?.previousElementSibling;
  if (mark && mark !== document.activeElement) close(mark);
}

// The list ---------------------------------------------------------------------------------------------------------------

// What begins with the typed text. A hyphen asks for the reasons.
function found(text) {
  const typed = plain(text);
  if (!typed) return [];
  if (/^[-–]/.test(typed)) return all.filter(({ reason, code }) => reason && plain(code).startsWith(typed.slice(1)));
  const starts = ({ code, also }) => [code, ...also].some((spelling) => plain(spelling).startsWith(typed));
  return all.filter(starts);
}

function offer(mark) {
  const matches = found(mark.value);
  if (!matches.length) return close(mark);
  const exact = matches.findIndex(({ code }) => plain(code) === plain(mark.value));
  const same = matches.findIndex(({ position }) => position !== undefined && position === mark.dataset.before);
  show(mark, matches, exact >= 0 ? exact : same >= 0 ? same : 0);
}

function show(mark, matches, chosen) {
  list?.remove();
  list = options.cloneNode(false);
  const first = Math.max(0, Math.min(chosen - 3, matches.length - MOST));
  matches.slice(first, first + MOST).forEach((match, place) => {
    const item = options.querySelector(`[data-code="${CSS.escape(match.code)}"]`).cloneNode(true);
    item.id = `grade-option-${place}`;
    const change = item.querySelector("[data-change]");
    if (change) change.textContent = changeOf(mark, match.position);
    list.append(item);
  });
  list.setAttribute("aria-label", "What it may be");
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault(); // the box keeps the cursor
    const item = event.target.closest("[role=option]");
    if (!item) return;
    active = [...list.children].indexOf(item);
    take(mark);
    goOn(mark);
  });
  mark.after(list);
  mark.setAttribute("aria-expanded", "true");
  point(mark, chosen - first);
}

function changeOf({ dataset: { before, since, unit } }, position) {
  if (before === undefined || position === undefined) return "";
  const steps = Number(position) - Number(before);
  if (!steps) return `same as ${since}`;
  return `${steps > 0 ? "up" : "down"} ${Math.abs(steps)} ${unit}${Math.abs(steps) === 1 ? "" : "s"}`;
}

function point(mark, place) {
  active = Math.max(0, Math.min(place, list.children.length - 1));
  [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === active)));
  mark.setAttribute("aria-activedescendant", list.children[active].id);
  list.children[active].scrollIntoView({ block: "nearest" });
}

function close(mark) {
  list?.remove();
  list = null;
  active = -1;
  mark.setAttribute("aria-expanded", "false");
  mark.removeAttribute("aria-activedescendant");
}

function take(mark) {
  const item = list?.children[active];
  if (item) put(mark, item.dataset.code);
  close(mark);
}

function put(mark, text) {
  if (mark.value === text) return;
  mark.value = text;
  quiet = true;
  mark.dispatchEvent(new Event("input", { bubbles: true }));
  quiet = false;
}

// Keys -------------------------------------------------------------------------------------------------------------------

function press(event) {
  const { target: mark, key } = event;
  if (!mark.matches(".ls-mark") || event.ctrlKey || event.metaKey) return;
  if (key === "Enter") return act(event, () => (take(mark), goOn(mark)));
  if (key === "Escape") return act(event, () => (close(mark), put(mark, given), mark.select()));
  if (key !== "ArrowDown" && key !== "ArrowUp") return;
  const down = key === "ArrowDown" ? 1 : -1;
  if (event.altKey) return act(event, () => show(mark, all, Math.max(0, all.findIndex(({ position }) => position === mark.dataset.before))));
  act(event, () => (list ? point(mark, active + down) : move(mark, down)));
}

// In a box that somebody types in, and in a comment, the browser takes back what was typed.
function pressUndo(event) {
  const { target, key } = event, types = target.matches(".ls-mark") ? target.value !== given : target.matches("textarea, input[type=text]");
  if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === "z" && undos.length && !types) act(event, takeBack);
}

function act(event, what) {
  event.preventDefault();
  what();
}

function move(mark, by) {
  const all = marks(), next = all[all.indexOf(mark) + by];
  if (next) goTo(next);
}

// To the next pupil who needs a grade; after the last one to what checks the answers. Where one pupil is seen at a time,
// what stands out would be out of sight: there it stays, and only the button goes on.
function goOn(mark) {
  const button = rowOf(mark).querySelector("[data-next]");
  if (button?.offsetParent && standsOut(mark)) return button.focus();
  toNext(mark);
}

function toNext(mark) {
  const all = marks(), next = all.slice(all.indexOf(mark) + 1).find(({ placeholder, value }) => !placeholder || value);
  if (next) goTo(next);
  else form.elements.check.focus();
}

// As the server will say: far down, far up, above what is usual in this year group, or outside the days of the place.
function standsOut({ value, placeholder, dataset: { before, after, down, up, top } }) {
  const position = Number(all.find(({ code }) => code === value)?.position ?? NaN);
  const isFar = (steps) => steps <= -down || steps >= up;
  if (placeholder && !Number.isNaN(position)) return true;
  return isFar(position - Number(before ?? NaN)) || isFar(Number(after ?? NaN) - position) || position > Number(top || NaN);
}

function goTo(mark) {
  choose(rowOf(mark));
  mark.focus();
}

// One pupil at a time, where the page is narrow: the next one without a load, and so without a network too.
function choose(row) {
  for (const other of form.querySelectorAll("[data-row]")) other.classList.toggle("is-current", other === row);
}

function step(event) {
  const button = event.target.closest("[data-next], [data-back], [data-forward]");
  if (!button) return;
  event.preventDefault();
  const mark = rowOf(button).querySelector(".ls-mark");
  if (button.matches("[data-next]")) toNext(mark);
  else move(mark, button.matches("[data-forward]") ? 1 : -1);
}

function goToHash() {
  const mark = location.hash === "#first" ? marks().find(({ value, placeholder }) => !value && !placeholder) ?? marks()[0] : document.getElementById(location.hash.slice(1));
  if (mark?.matches(".ls-mark")) goTo(mark);
}

// A block from a spreadsheet -----------------------------------------------------------------------------------------------

async function paste(event) {
  const mark = event.target, text = event.clipboardData?.getData("text") ?? "";
  const lines = text.replace(/\r/g, "").replace(/\n$/, "").split("\n");
  if (!mark.matches(".ls-mark") || (lines.length === 1 && !text.includes("\t"))) return;
  event.preventDefault();
  const answer = await fetch(form.dataset.paste, {
    method: "POST",
    redirect: "error",
    headers: { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
    body: JSON.stringify({ text, from: rowOf(mark).dataset.row }),
    signal: AbortSignal.timeout(PATIENCE),
  }).catch(() => null);
  if (!answer?.ok && !text.includes("\t")) return fillDown(mark, lines);
  if (!answer?.ok) return tell("Nothing was pasted: several columns are read by the server, which cannot be reached. Paste the column of grades alone.");
  const { cells, unclear, told } = await answer.json();
  fill(new Map(Object.entries(cells).map(([box, grade]) => [form.elements[box], grade])), unclear, told);
}

// Without the server: grades alone. A blank cell is a pupil without a grade, a heading is none. One for each pupil begin
// at the first; more than there are from here down go nowhere, and names are for the server to find.
function fillDown(mark, lines) {
  if (!meant(lines[0]) && lines.length > 1) lines = lines.slice(1);
  if (lines.some((line) => line.trim() && !meant(line))) return tell("Nothing was pasted: not all of this is a grade, and without the server nothing else is read. Paste the column of grades alone.");
  const boxes = marks(), asked = boxes.filter(({ placeholder }) => !placeholder);
  const from = [boxes.length, asked.length].includes(lines.length) ? 0 : boxes.indexOf(mark);
  const down = boxes.slice(from);
  if (lines.length > down.length) return tell(`Nothing was pasted: ${lines.length} grades without names are more than the ${down.length === 1 ? "1 pupil" : `${down.length} pupils`} from here down. Put the cursor into the box of the first of them.`);
  fill(new Map(down.map((box, place) => [box, lines[place] && meant(lines[place]).code]).filter(([, text]) => text)));
}

const meant = (text) => all.find(({ code, also }) => [code, ...also].some((spelling) => plain(spelling) === plain(text)));

// What was there before is said, and the cursor stays at what takes it back.
function fill(texts, unclear = [], told = []) {
  const before = new Map();
  for (const [box, text] of texts) {
    if (box.value === text) continue;
    before.set(box, box.value);
    put(box, text);
    unmark(box, before.get(box));
  }
  if (before.size) undos.push(before);
  given = document.activeElement?.value ?? "";
  const grades = [...texts.keys()].filter(({ name }) => !unclear.includes(name)), stood = grades.filter((box) => !before.has(box)).length;
  const over = [...before].filter(([, text]) => text.trim()).map(([box, text]) => `${nameOf(box)}, ${text} by ${box.value}`);
  const sentences = [
    texts.size ? `${grades.length === 1 ? "1 grade" : `${grades.length} grades`} pasted${stood ? `, ${stood} of them stood there already` : ""}.` : "Nothing was pasted.",
    ...(over.length ? [`Written over: ${over.join("; ")}.`] : []),
    ...told,
  ];
  tell(sentences.join(" "), before.size > 0);
}

const nameOf = (box) => rowOf(box).querySelector("th strong").textContent;

function tell(words, canUndo = false) {
  pasted.hidden = false;
  pasted.textContent = words;
  if (canUndo) addButton("Undo", takeBack);
  if (canUndo && marks().every(({ value, placeholder }) => value.trim() || placeholder)) addButton("Check your answers", () => form.requestSubmit(form.elements.check));
  pasted.focus();
}

function addButton(textContent, act) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "ls-link-button", textContent });
  button.addEventListener("click", act);
  pasted.append(" ", button);
}

function takeBack() {
  const before = undos.pop();
  if (!before) return;
  for (const [box, text] of before) put(box, text);
  tell("Taken back: the boxes say what they said before.");
  [...before.keys()][0].focus();
}

// What stands out ----------------------------------------------------------------------------------------------------------

// The server has looked at the grades anew: a tick is about the grade that it was set for, and no other.
function askAnew() {
  for (const out of form.querySelectorAll(".ls-out")) {
    const sure = out.nextElementSibling, tick = sure.querySelector("[type=checkbox]"), { asks } = out.dataset;
    if (!judge(rowOf(out))) continue;
    if (tick.value !== asks) {
      const was = tick.checked;
      tick.checked = false;
      if (was) tick.dispatchEvent(new Event("change", { bubbles: true }));
      tick.value = asks;
    }
    sure.querySelector("[data-code]").textContent = asks;
    sure.hidden = !asks;
  }
}

// What was said of another text than the one that stands there is not shown: the server is about to look again.
function judge(row) {
  const out = row.querySelector(".ls-out"), isOfThis = plain(out.dataset.of) === plain(row.querySelector(".ls-mark").value);
  for (const part of [out.querySelector("[data-judged]"), out.nextElementSibling]) part.classList.toggle("is-overtaken", !isOfThis);
  return isOfThis;
}
