/** The feed: what is shown, and what has come since and waits to be shown. Nothing jumps by itself. */
import { computed, signal } from "@preact/signals";
import { api } from "../api/calls";
import { wordsOf } from "../api/client";
import type { Bark } from "../api/types";
import { barkOf, isNewer, keepBark, newestFirst } from "./known";

export const shown = signal<string[] | null>(null);
const waiting = signal<string[]>([]);
export const next = signal<string | null>(null);
export const loading = signal(false);
export const problem = signal("");
/** The feed is no longer what it was: somebody was followed or left, or more was missed than could be told. */
export const changed = signal(false);
/** What waits and was not deleted meanwhile. */
export const fresh = computed(() => waiting.value.filter((id) => barkOf(id)?.value));

let turn = 0;
let sent: string[] = []; // barks of one's own since the last page: a page that was asked for before does not hold them
let read: Promise<void> = Promise.resolve();
let isRead = false; // a page was read: else what is shown may be a bark of one's own, and nothing else

const isAtTop = () => scrollY < 80;

/** Read the newest page. What is shown is replaced. */
export function loadFeed(): Promise<void> {
  read = readFirst();
  return read;
}

/** Return when the first page that was asked for is there. */
export function reading(): Promise<void> {
  return read;
}

async function readFirst(): Promise<void> {
  const mine = ++turn;
  loading.value = true;
  problem.value = "";
  try {
    const page = await api.feed();
    if (mine !== turn) return;
    const ids = page.items.map(keepBark);
    const newest = ids[0];
    const isLater = (id: string) => !newest || isNewer(id, newest);
    waiting.value = waiting.value.filter(isLater);
    sent = sent.filter((id) => isLater(id) && barkOf(id)?.value);
    shown.value = [...newestFirst(sent), ...ids];
    next.value = page.next;
    changed.value = false;
    isRead = true;
  } catch (error) {
    if (mine === turn) problem.value = wordsOf(error);
  } finally {
    if (mine === turn) loading.value = false;
  }
}

export async function loadMore(): Promise<void> {
  if (loading.value || !next.value) return;
  const mine = turn;
  loading.value = true;
  problem.value = "";
  try {
    const page = await api.feed(next.value);
    if (mine !== turn) return;
    shown.value = newestFirst([...(shown.value ?? []), ...page.items.map(keepBark)]);
    next.value = page.next;
  } catch (error) {
    if (mine === turn) problem.value = wordsOf(error);
  } finally {
    if (mine === turn) loading.value = false;
  }
}

/** Read the first page if that failed. */
export function readAtLast(): void {
  if (!isRead && !loading.value) void loadFeed();
}

/** Look whether something came between the first page and the moment the stream stood; read it now if that failed. */
export async function catchUp(): Promise<void> {
  if (!isRead) return loadFeed();
  try {
    const page = await api.feed(null, 20);
    for (const bark of page.items) arrive(bark, true);
  } catch {
    // The stream has begun, and tells of all that comes from here on; the rest shows with the next look.
  }
}

/** Take a bark that was told; it waits until somebody asks for it. */
export function arrive(bark: Bark, onlyNewer = false): void {
  const id = keepBark(bark);
  const there = shown.value ?? [];
  if (onlyNewer && there[0] && !isNewer(id, there[0])) return;
  if (!there.includes(id) && !waiting.value.includes(id)) waiting.value = [id, ...waiting.value];
}

/** Show a bark of one's own at once. */
export function showMine(bark: Bark): void {
  const id = keepBark(bark);
  waiting.value = waiting.value.filter((one) => one !== id);
  sent.push(id);
  shown.value = newestFirst([id, ...(shown.value ?? [])]);
  readAtLast(); // the service is back
}

/** Show what waits. */
export function showFresh(): void {
  shown.value = newestFirst([...waiting.value, ...(shown.value ?? [])]);
  waiting.value = [];
  scrollTo({ top: 0 });
}

/** The feed is another one now: read it anew, unless somebody is in the middle of it. */
export function change(): void {
  if (isAtTop() || !shown.value?.length) void loadFeed();
  else changed.value = true;
}

/** Take somebody's barks out: I do not want to see them here. */
export function dropAuthor(handle: string): void {
  const isKept = (id: string) => barkOf(id)?.value?.author.handle !== handle;
  shown.value = shown.value?.filter(isKept) ?? null;
  waiting.value = waiting.value.filter(isKept);
}

export function forgetFeed(): void {
  turn++;
  isRead = false;
  shown.value = null;
  waiting.value = [];
  sent = [];
  next.value = null;
  changed.value = loading.value = false;
  problem.value = "";
}
