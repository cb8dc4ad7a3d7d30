/** What is offered beside the feed: whom to follow, what many bark about. Asked for when the feed is there, not before. */
import { signal } from "@preact/signals";
import { api } from "../api/calls";
import { wordsOf } from "../api/client";
import type { Suggestion, Trend } from "../api/types";
import { reading } from "./feed";
import { keepUser } from "./known";
import { Pages } from "./pages";
import { toast } from "./toasts";

export const suggestions = new Pages<Suggestion>(async (cursor) => {
  const page = await api.suggestions(cursor);
  page.items.forEach((one) => keepUser(one.user));
  return page;
});

export const trends = new Pages<Trend>(async () => ({ items: (await api.trends()).items, next: null }));

const dismissed = signal<ReadonlySet<string>>(new Set());

/** Those who are still suggested. */
export function suggested(): Suggestion[] | undefined {
  return suggestions.items.value?.filter((one) => !dismissed.value.has(one.user.handle));
}

/** Do not suggest somebody again. */
export async function dismiss(handle: string): Promise<void> {
  dismissed.value = new Set([...dismissed.value, handle]);
  try {
    await api.dismiss(handle);
  } catch (error) {
    dismissed.value = new Set([...dismissed.value].filter((one) => one !== handle));
    toast(wordsOf(error), { name: "Try again", run: () => void dismiss(handle) });
  }
}

export const isDismissed = (handle: string): boolean => dismissed.value.has(handle);

/** Return when the feed is read and the browser has nothing better to do. */
export async function whenQuiet(): Promise<void> {
  await reading();
  await new Promise<void>((done) => {
    if ("requestIdleCallback" in window) requestIdleCallback(() => done(), { timeout: 1_000 });
    else setTimeout(done, 200);
  });
}

/** Read what is not there yet, or failed the last time. */
export async function loadBeside(): Promise<void> {
  await whenQuiet();
  for (const pages of [suggestions, trends] as Pages<unknown>[]) {
    if (!pages.items.value && pages.state.value !== "loading") void pages.start();
  }
}

export function forgetBeside(): void {
  suggestions.forget();
  trends.forget();
  dismissed.value = new Set();
}
