// A clock beside each interview: it runs down where somebody starts it, and says quietly that the time is over.
const SECOND = 1000, MINUTE = 60 * SECOND;

for (const place of document.querySelectorAll("[data-timer]")) add(place, Number(place.dataset.timer) * MINUTE);

function add(place, whole) {
  const face = make("span", "ls-timer__face");
  const button = make("button", "govuk-button govuk-button--secondary ls-timer__button");
  const said = make("p", "ls-timer__over");
  const letter = place.dataset.pupilLetter;
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

  function go() {
    if (!left) left = whole;
    said.textContent = "";
    end = Date.now() + left;
    ticking = setInterval(tick, SECOND / 4);
    show("Pause");
  }

  function pause() {
    clearInterval(ticking);
    ticking = undefined;
    left = Math.max(0, end - Date.now());
    show(left ? "Go on" : "Start again");
  }

  function tick() {
    left = Math.max(0, end - Date.now());
    if (left) return show("Pause");
    pause();
    said.textContent = `${whole / MINUTE} minutes are over. Finish the sentence, and thank ${letter}.`;
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

function make(name, className) {
  return Object.assign(document.createElement(name), { className });
}
