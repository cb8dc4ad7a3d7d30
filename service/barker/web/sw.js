// Keeps the shell of the app, so that it opens offline; what the API says is never kept.
const VERSION = "barker-30fc2897e6d63f24";
const SHELL = [
  "/",
  "/manifest.webmanifest",
  "/icon.svg",
  "/assets/GraphPage-B9VIZR_B.js",
  "/assets/NearbyPage-DtSwCst2.js",
  "/assets/PlaceSwitch-kbIrRfwF.js",
  "/assets/Settings-DG05VBWA.js",
  "/assets/calls-BgmsVSDy.js",
  "/assets/index-6AwOS2Pn.css",
  "/assets/index-CUeUqK6b.js",
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
