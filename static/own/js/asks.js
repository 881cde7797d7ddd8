// At its planned time a page that is open asks whether the lesson has begun.
const FARTHEST = 24 * 60 * 60 * 1000;
for (const place of document.querySelectorAll("[data-asks]")) {
  const wait = new Date(place.dataset.asks) - Date.now();
  if (wait > 0 && wait < FARTHEST) setTimeout(() => (place.textContent = place.dataset.words), wait);
}
