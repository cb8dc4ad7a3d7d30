// Keeps the shell of the app, so that it opens offline; what the API says is never kept.
const VERSION = "barker-39f15073856b4862";
const SHELL = [
  "/",
  "/manifest.webmanifest",
  "/icon.svg",
  "/assets/GraphPage-BZgvLWq2.js",
  "/assets/NearbyPage-BE4ZjRgS.js",
  "/assets/PlaceSwitch-CwHgzio-.js",
  "/assets/Settings-BLu8Foo_.js",
  "/assets/calls-CPpAJ6KZ.js",
  "/assets/index-6AwOS2Pn.css",
  "/assets/index-C5Jhz1Ys.js",
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
