// Keeps the shell of the app, so that it opens offline; what the API says is never kept.
const VERSION = "barker-ccdf0af4be5604bc";
const SHELL = [
  "/",
  "/manifest.webmanifest",
  "/icon.svg",
  "/assets/GraphPage-B41Z368p.js",
  "/assets/NearbyPage-CmIrZ5Dl.js",
  "/assets/PlaceSwitch-BRMC7u7U.js",
  "/assets/Settings-DuIQU_Eb.js",
  "/assets/calls-BoHj3_mM.js",
  "/assets/index-6AwOS2Pn.css",
  "/assets/index-_Pe8J1WF.js",
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
