/** The live stream: one EventSource, which goes on from its cursor after sleep, offline and restarts. */
import { effect, signal } from "@preact/signals";
import { api } from "../api/calls";
import type { Bark, Notification } from "../api/types";
import * as feed from "./feed";
import { forgetBark, keepBark } from "./known";
import { countLate, hear } from "./notices";
import { hearMine } from "./outbox";

export type Line = "off" | "opening" | "open" | "delayed" | "lost";
export const line = signal<Line>("off");
effect(() => void (document.documentElement.dataset.line = line.value));

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
const HIDDEN_MS = 60_000; // a tab nobody sees gives its connection back: a browser has six a host over HTTP/1.1
const TICK_MS = 5_000;
const SLEPT_MS = 20_000; // a clock that jumps so far says that the machine slept: what looks open may be dead

let source: EventSource | null = null;
let cursor = "";
let wait = FIRST_WAIT_MS;
let timer = 0;
let hiddenSince = 0;
let tick = Date.now();
let wanted = false;
let isFirst = true;
let myHandle = "";

function ready(): void {
  line.value = "open";
  wait = FIRST_WAIT_MS;
  // The feed is asked for beside the stream: what came after the one was read and before the other stood shows now.
  if (isFirst) void feed.reading().then(feed.catchUp);
  else feed.readAtLast(); // it failed while the service was away
  void countLate();
  isFirst = false;
}

function bark(told: Bark): void {
  if (told.author.handle === myHandle) hearMine(told);
  else feed.arrive(told);
}

const HEARD: Record<string, (data: never) => void> = {
  ready,
  bark,
  edit: (told: Bark) => void keepBark(told),
  delete: (told: { id: string }) => forgetBark(told.id),
  notification: (told: Notification) => hear(told),
  "feed-changed": () => feed.change(),
  gap: () => feed.change(),
  delayed: () => void (line.value = "delayed"),
  bye: (told: { reason: string }) => again(told.reason === "signed_out"),
};

function open(): void {
  close();
  if (!wanted || !navigator.onLine) {
    line.value = wanted ? "lost" : "off";
    return;
  }
  if (line.value !== "lost") line.value = "opening";
  const mine = new EventSource(cursor ? `/v1/stream?cursor=${encodeURIComponent(cursor)}` : "/v1/stream");
  source = mine;
  for (const [name, heard] of Object.entries(HEARD)) {
    mine.addEventListener(name, (event) => {
      if (source !== mine) return;
      if (event.lastEventId) cursor = event.lastEventId;
      if (name !== "ready" && name !== "delayed" && line.value === "delayed") line.value = "open";
      heard(JSON.parse(event.data) as never);
    });
  }
  mine.onerror = () => source === mine && again(false);
}

function close(): void {
  clearTimeout(timer);
  source?.close();
  source = null;
}

/** Come back after a while, each time a longer one; look whether the session is over where that may be why. */
function again(isOver: boolean): void {
  close();
  line.value = "lost";
  if (isOver || wait > 2 * FIRST_WAIT_MS) void api.me().catch(() => undefined);
  timer = setTimeout(open, wait * (0.75 + Math.random() / 2));
  wait = Math.min(2 * wait, LONGEST_WAIT_MS);
}

/** Open at once whatever the wait was: we are back. */
function back(): void {
  if (!wanted) return;
  wait = FIRST_WAIT_MS;
  open();
}

function look(): void {
  const slept = Date.now() - tick > TICK_MS + SLEPT_MS;
  tick = Date.now();
  if (!wanted) return;
  if (hiddenSince && Date.now() - hiddenSince > HIDDEN_MS && source) close();
  else if (slept && !hiddenSince) back();
}

/** Listen from now on, as somebody. */
export function listen(handle: string): void {
  wanted = isFirst = true;
  myHandle = handle;
  open();
}

export function stopListening(): void {
  wanted = false;
  cursor = "";
  close();
  line.value = "off";
}

export function startLive(): void {
  addEventListener("online", back);
  addEventListener("offline", () => {
    if (wanted) line.value = "lost";
    close();
  });
  document.addEventListener("visibilitychange", () => {
    hiddenSince = document.hidden ? Date.now() : 0;
    if (!document.hidden && wanted && !source) back();
  });
  setInterval(look, TICK_MS);
}
