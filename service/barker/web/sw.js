// Keeps the shell of the app, so that it opens offline; what the API says is never kept.
const VERSION = "barker-b849d734bc6fb35e";
const SHELL = [
  "/",
  "/manifest.webmanifest",
  "/icon.svg",
  "/assets/GraphPage-CLVjjdCk.js",
  "/assets/NearbyPage-CpnHmm_u.js",
  "/assets/PlaceSwitch-BrnKNqu-.js",
  "/assets/Settings-CBzBrZbK.js",
  "/assets/calls-CfCYTEFW.js",
  "/assets/index-D-aWdo9U.js",
  "/assets/index-Dl31t8JB.css",
  "/assets/pictures-4T1oaoag.css",
  "/assets/pictures-CXvo2BvO.js",
  "/assets/push-BT0L6RND.js"
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

self.addEventListener("push", (event) => {
  const { title, body, url, tag } = event.data?.json() ?? {};
  const options = { body, tag, icon: "/icon-192.png", data: { url } };
  event.waitUntil(self.registration.showNotification(title || "Barker", options));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = new URL(event.notification.data?.url ?? "/", self.location.origin);
  const to = url.origin === self.location.origin ? url.href : "/";
  event.waitUntil(
    self.clients.matchAll({ type: "window" }).then(async ([open]) => {
      if (!open) return self.clients.openWindow(to);
      await open.focus().catch(() => undefined); // a browser may leave it where it is
      return open.navigate(to);
    }),
  );
});
