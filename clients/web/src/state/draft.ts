/** What is being written. In this tab it outlives the dialog, the page and a session that ends: for whoever wrote it. */
import { signal } from "@preact/signals";

export const draft = signal("");
let place = "";

/** Note what is written so far. */
export function write(text: string): void {
  draft.value = text;
  try {
    if (text) sessionStorage.setItem(place, text);
    else sessionStorage.removeItem(place);
  } catch {
    // Full or forbidden: it lasts as long as the page.
  }
}

export function openDraft(userId: string): void {
  place = `barker.draft.${userId}`;
  draft.value = sessionStorage.getItem(place) ?? "";
}

/** Keep it for whoever wrote it, out of sight of others. */
export function closeDraft(): void {
  place = draft.value = "";
}
