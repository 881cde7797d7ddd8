// The steps of a discussion: once the server says that the group has come to the next one, it opens, and the cursor stays
// where it is. One that somebody has closed stays closed.
const steps = [...document.querySelectorAll(".ls-steps > li > details")];
let opened = steps.filter((step) => step.open).length;

document.addEventListener("htmx:load", ({ target }) => {
  const count = Number(target.dataset?.openSteps ?? 0);
  for (const step of steps.slice(opened, count)) step.open = true;
  opened = Math.max(opened, count);
});
