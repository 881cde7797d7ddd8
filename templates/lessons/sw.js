{% load static %}// Keeps on the device what an editor needs to open without a network: our own files and an empty page. Never a page
// with anybody's words.
const CACHE = "lesson-study-{{ version }}";
const SHELL = "{% url "lessons:shell" %}";
const FILES = [SHELL, "{% static "css/app.css" %}", "{% static "js/shell.js" %}", "{% static "js/drafts.js" %}"];
const EDITOR = /^\/visits\/\d+\/record\/write\/$/;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOthers().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== location.origin) return;
  if (event.request.mode === "navigate" && EDITOR.test(pathname)) {
    event.respondWith(fetch(event.request).catch(() => caches.match(SHELL)));
  } else if (FILES.includes(pathname) && pathname !== SHELL) {
    event.respondWith(fetch(event.request).catch(() => caches.match(pathname)));
  }
});

async function forgetOthers() {
  for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
}
