// A clock beside each interview: it runs down where somebody starts it, goes on when the page is loaded again, and says
// quietly that the time is over. Started, it fills in when the interview is, and who holds it, where nobody has said so.
const SECOND = 1000, MINUTE = 60 * SECOND, OLD = 60 * MINUTE;

for (const place of document.querySelectorAll("[data-timer]")) add(place, Number(place.dataset.timer) * MINUTE);

function add(place, whole) {
  const face = make("span", "ls-timer__face");
  const button = make("button", "govuk-button govuk-button--secondary ls-timer__button");
  const said = make("p", "ls-timer__over");
  const letter = place.dataset.pupilLetter;
  const name = `timer|${place.closest("[data-who]")?.dataset.who}|${location.pathname}|${letter}`;
  let left = whole, end = 0, ticking;
  button.type = "button";
  said.setAttribute("role", "status");
  face.setAttribute("role", "timer");
  button.addEventListener("click", () => (ticking ? pause() : go()));
  const clock = make("div", "ls-timer__clock");
  clock.dataset.live = ""; // a page that is kept on the device says how long, without a clock
  clock.append(face, button, said);
  place.append(clock);
  show("Start");
  restore();

  function go() {
    if (!left) left = whole;
    if (left === whole) fillIn(place.dataset, letter);
    end = Date.now() + left;
    keep(name, { end });
    run();
  }

  function run() {
    said.textContent = "";
    ticking = setInterval(tick, SECOND / 4);
    show("Pause");
  }

  function pause() {
    stop();
    keep(name, { left });
  }

  function stop() {
    clearInterval(ticking);
    ticking = undefined;
    left = Math.max(0, end - Date.now());
    show(left ? "Go on" : "Start again");
  }

  function tick() {
    left = Math.max(0, end - Date.now());
    if (left) return show("Pause");
    stop();
    said.textContent = `${whole / MINUTE} minutes are over. Finish the sentence, and thank ${letter}.`;
  }

  // As the page was left: what ended long ago is over and done.
  function restore() {
    const kept = read(name);
    if (kept?.left) {
      left = kept.left;
      show("Go on");
    } else if (kept?.end > Date.now() - OLD) {
      ({ end } = kept);
      run();
      tick();
    }
  }

  function show(act) {
    const seconds = Math.ceil(left / SECOND);
    const text = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (face.textContent !== text) face.textContent = text;
    if (button.textContent === act) return;
    button.textContent = act;
    button.setAttribute("aria-label", `${act}: ${whole / MINUTE} minutes with ${letter}`);
  }
}

// Like words that are typed, and so saved like them. An interview whose time is known says who held it, or nobody knows.
function fillIn({ me, day }, letter) {
  const at = document.getElementById(`interview-${letter}-at`), by = document.getElementById(`interview-${letter}-by`);
  if (at.value.trim() || at.readOnly) return;
  const now = new Date(), time = now.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  const isThatDay = now.toLocaleDateString("sv") === day; // 2026-11-28
  type(at, isThatDay ? time : `${now.toLocaleDateString("en-GB", { day: "numeric", month: "short" })}, ${time}`);
  if (!by.value && [...by.options].some((option) => option.value === me)) type(by, me);
}

function type(control, text) {
  control.value = text;
  control.dispatchEvent(new Event("input", { bubbles: true }));
}

// By tab, until it is closed. A browser that keeps nothing has clocks that last as long as the page.
function keep(name, state) {
  try {
    sessionStorage.setItem(name, JSON.stringify(state));
  } catch {}
}

function read(name) {
  try {
    return JSON.parse(sessionStorage.getItem(name));
  } catch {
    return null;
  }
}

function make(name, className) {
  return Object.assign(document.createElement(name), { className });
}
