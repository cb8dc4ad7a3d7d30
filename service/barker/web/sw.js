// Keeps the shell of the app, so that it opens offline; what the API says is never kept.
const VERSION = "barker-e59148970c7fd010";
const SHELL = [
  "/",
  "/manifest.webmanifest",
  "/icon.svg",
  "/assets/GraphPage-C-_QjBqm.js",
  "/assets/NearbyPage-DJH6igP9.js",
  "/assets/PlaceSwitch-BLWSc4RS.js",
  "/assets/Settings-BcWC5H2R.js",
  "/assets/calls-CehwU-MA.js",
  "/assets/index-D2XDXrvq.js",
  "/assets/index-_LsLRfF3.css",
  "/assets/pictures-C0derxYI.css"
];

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(VERSION)
      .then((cache) => cache.addAll(SHELL))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== VERSION).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (event.request.mode === "navigate") {
    if (/^\/(docs|v1|openapi|metrics|healthz|readyz)/.test(url.pathname)) return;
    event.respondWith(fetch(event.request).catch(() => caches.match("/").then((shell) => shell ?? Response.error())));
  } else if (SHELL.includes(url.pathname)) {
    event.respondWith(caches.match(event.request).then((kept) => kept ?? fetch(event.request)));
  }
});
