// Keeps the shell of the app, so that it opens offline; what the API says is never kept.
const VERSION = "barker-8fadbf2f1d6a3486";
const SHELL = [
  "/",
  "/manifest.webmanifest",
  "/icon.svg",
  "/assets/Avatar-MQMvB5ls.js",
  "/assets/GraphPage-DBqBMcx8.js",
  "/assets/NearbyPage-DIQD509g.js",
  "/assets/PlaceSwitch-CSxSSTxs.js",
  "/assets/Settings-ljVSy5d6.js",
  "/assets/index-72Af6Sau.css",
  "/assets/index-CrCLYlzR.js",
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
