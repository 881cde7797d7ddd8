{% load static %}// Keeps on the device what a page needs to open without a network: our own files and an empty shell. Never a page with
// anybody's words: those are encrypted, in the shell's own keeping.
const CACHE = "lesson-study-{{ version }}";
const SHELL = "{% url "desks:shell" %}";
const FILES = [
  SHELL,
  {% for file in files %}"{% static file %}",
  {% endfor %}];
const KEPT = /^\/(visits\/\d+\/record\/write|studies\/\d+(\/write)?|lessons\/\d+(\/[a-z]+)?|findings\/\d+\/write|returns\/\d+)\/$/;
const HASHED = /\.[0-9a-f]{12}\.\w+$/; // never another content under the same name
const PATIENCE = 8000;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOthers().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== location.origin) return;
  if (event.request.mode === "navigate" && KEPT.test(pathname)) {
    event.respondWith(pageOrShell(event));
  } else if (FILES.includes(pathname) && pathname !== SHELL) {
    event.respondWith(file(event.request, pathname));
  }
});

// The page itself, unless the server cannot be reached, fails or leaves one waiting.
async function pageOrShell(event) {
  const shell = await caches.match(SHELL);
  const patience = new AbortController();
  const timer = shell && setTimeout(() => patience.abort(), PATIENCE);
  try {
    const answer = await fetch(event.request, { signal: patience.signal });
    event.waitUntil(fill().catch(() => {}));
    return answer.status >= 500 && shell ? shell : answer;
  } catch (error) {
    if (shell) return shell;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function file(request, pathname) {
  const kept = await caches.match(pathname);
  if (kept && HASHED.test(pathname)) return kept;
  return fetch(request).catch(() => kept ?? Response.error());
}

// Signing out empties it, and a browser that lacks room may.
async function fill() {
  const cache = await caches.open(CACHE);
  const there = (await cache.keys()).map((asked) => new URL(asked.url).pathname);
  await cache.addAll(FILES.filter((name) => !there.includes(name)));
}

async function forgetOthers() {
  for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
  const cache = await caches.open(CACHE);
  for (const asked of await cache.keys()) if (!FILES.includes(new URL(asked.url).pathname)) await cache.delete(asked);
}
