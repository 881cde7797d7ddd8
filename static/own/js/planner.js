// The year planner: it opens at this week, and a visit can be dragged onto another one. Every page works without this.
const planner = document.querySelector(".ls-planner");
const now = planner?.querySelector("#now");
if (now && planner.scrollWidth > planner.clientWidth) {
  // A whole number of weeks is out of sight, so that no chip is half behind the names.
  const weeks = [...planner.querySelectorAll(".ls-planner__week")];
  const first = weeks[Math.max(0, weeks.indexOf(now) - 2)];
  planner.scrollLeft = first.offsetLeft - planner.querySelector("thead th").offsetWidth;
}

// A chip is dropped on a week of its own row: the page of the visit then offers the best free half-day of that week.
const firstDays = [...(planner?.querySelectorAll("col[data-first]") ?? [])].map((col) => col.dataset.first);
let dragged = null;

function target(event) {
  const cell = event.target.closest?.("td");
  return dragged && cell?.parentElement === dragged.closest("tr") && !cell.contains(dragged) ? cell : null;
}

function clear() {
  planner.querySelectorAll(".is-target").forEach((cell) => cell.classList.remove("is-target"));
}

planner?.querySelectorAll("[data-visit]").forEach((chip) => {
  chip.draggable = true;
});
planner?.addEventListener("dragstart", (event) => {
  dragged = event.target.closest("[data-visit]");
  if (dragged) {
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.title);
    dragged.classList.add("is-dragged");
  }
});
planner?.addEventListener("dragover", (event) => {
  clear();
  const cell = target(event);
  if (cell) {
    event.preventDefault();
    cell.classList.add("is-target");
  }
});
planner?.addEventListener("drop", (event) => {
  const cell = target(event);
  if (cell) {
    event.preventDefault();
    window.location.assign(`${dragged.href}?week=${firstDays[cell.cellIndex - 1]}`);
  }
});
planner?.addEventListener("dragend", () => {
  dragged?.classList.remove("is-dragged");
  clear();
  dragged = null;
});

// The link to the view that prints well prints it by itself.
if (new URLSearchParams(window.location.search).has("print")) {
  window.print();
}
