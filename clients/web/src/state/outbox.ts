/** Barks on their way. Each has a key of its own and stays in localStorage until the service has it: once, whatever breaks. */
import { signal } from "@preact/signals";
import { api } from "../api/calls";
import { Problem, wordsOf } from "../api/client";
import type { Bark } from "../api/types";
import { arrive, showMine } from "./feed";

export interface Draft {
  key: string;
  text: string;
  failed: string;
}

export const outbox = signal<Draft[]>([]);
/** What waits for the line to come back. */
export const isWaiting = signal(false);

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

let place = "";
let running = false;
let wait = FIRST_WAIT_MS;
let timer = 0;
let heard: Bark[] = []; // barks of mine that the stream told while some are on their way: they may be those

function read(): Draft[] {
  try {
    return JSON.parse(localStorage.getItem(place) ?? "[]") as Draft[];
  } catch {
    return [];
  }
}

/** Change what is kept: read anew each time, since another tab may have sent or added some. */
function keep(change: (drafts: Draft[]) => Draft[]): void {
  outbox.value = change(read());
  try {
    localStorage.setItem(place, JSON.stringify(outbox.value));
  } catch {
    // Full or forbidden: it is still sent from memory.
  }
}

function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Put a bark on its way. */
export function send(text: string): void {
  keep((drafts) => [...drafts, { key: newKey(), text, failed: "" }]);
  void run();
}

export function discard(key: string): void {
  keep((drafts) => drafts.filter((draft) => draft.key !== key));
}

export function retry(key: string): void {
  keep((drafts) => drafts.map((draft) => (draft.key === key ? { ...draft, failed: "" } : draft)));
  void run();
}

/** Take a bark of one's own that the stream told: one that this tab sends is shown when its answer comes. */
export function hearMine(bark: Bark): void {
  if (running) heard.push(bark);
  else arrive(bark);
}

async function sendOne(draft: Draft): Promise<boolean> {
  try {
    const bark = await api.send(draft.text, draft.key);
    discard(draft.key);
    showMine(bark);
    wait = FIRST_WAIT_MS;
    return true;
  } catch (error) {
    if (error instanceof Problem && (error.passes || error.status === 401)) {
      later(error.retryAfter * 1000);
      return false;
    }
    const failed = wordsOf(error);
    keep((drafts) => drafts.map((one) => (one.key === draft.key ? { ...one, failed } : one)));
    return true;
  }
}

function later(least: number): void {
  isWaiting.value = true;
  clearTimeout(timer);
  timer = setTimeout(run, Math.max(least, wait));
  wait = Math.min(2 * wait, LONGEST_WAIT_MS);
}

/** Send what is there, one after another, so that they keep their order. */
async function run(): Promise<void> {
  if (running || !place) return;
  running = true;
  clearTimeout(timer);
  for (let draft = nextDraft(); draft; draft = nextDraft()) {
    if (!(await sendOne(draft))) break;
    isWaiting.value = false;
  }
  running = false;
  heard.splice(0).forEach((bark) => arrive(bark));
}

const nextDraft = () => outbox.value.find((draft) => !draft.failed);

/** Go on with what somebody had on its way when the app was left. */
export function openOutbox(userId: string): void {
  place = `barker.outbox.${userId}`;
  outbox.value = read();
  void run();
}

export function closeOutbox(): void {
  place = "";
  outbox.value = [];
  clearTimeout(timer);
}

export function startOutbox(): void {
  addEventListener("online", () => {
    wait = FIRST_WAIT_MS;
    void run();
  });
  addEventListener("storage", (event) => {
    if (place && event.key === place) outbox.value = read();
  });
}
