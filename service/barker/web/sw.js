// Keeps the shell of the app, so that it opens offline; what the API says is never kept.
const VERSION = "barker-fa1030fc1a7911f4";
const SHELL = [
  "/",
  "/manifest.webmanifest",
  "/icon.svg",
  "/assets/Avatar-MQMvB5ls.js",
  "/assets/GraphPage-DBqBMcx8.js",
  "/assets/NearbyPage-Cf4zyM0o.js",
  "/assets/PlaceSwitch-C6Yjl-VF.js",
  "/assets/Settings-xoA6PESe.js",
  "/assets/index-BtV31JB1.css",
  "/assets/index-DnsqM4wP.js",
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
    const shell = () => caches.match("/").then((kept) => kept ?? Response.error());
    const answer = fetch(event.request).then(
      // What a proxy says while the service is away is of no use to anybody.
      async (told) => ([502, 503, 504].includes(told.status) ? ((await caches.match("/")) ?? told) : told),
      shell,
    );
    event.respondWith(answer);
  } else if (SHELL.includes(url.pathname)) {
    event.respondWith(caches.match(event.request).then((kept) => kept ?? fetch(event.request)));
  }
});
