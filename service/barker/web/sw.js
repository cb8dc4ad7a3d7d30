// Keeps the shell of the app, so that it opens offline; what the API says is never kept.
const VERSION = "barker-fafad13c7b2df772";
const SHELL = [
  "/",
  "/manifest.webmanifest",
  "/icon.svg",
  "/assets/GraphPage-nvoz3WRg.js",
  "/assets/NearbyPage-CgyFFB3d.js",
  "/assets/PlaceSwitch-BGBI10po.js",
  "/assets/Settings-Dghx5A9T.js",
  "/assets/calls-QEJkoRKf.js",
  "/assets/index-DZzMVGUP.js",
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
