/** Notifications: the list, and how many are not read. */
import { signal } from "@preact/signals";
import { api } from "../api/calls";
import type { Notification } from "../api/types";
import { isNewer, keepBark } from "./known";
import { Pages } from "./pages";

export const unread = signal(0);

export const notices = new Pages<Notification>(async (cursor) => {
  const page = await api.notifications(cursor);
  unread.value = page.unread;
  for (const notice of page.items) if (notice.bark) keepBark(notice.bark);
  return page;
});

/** Take one that the stream told. */
export function hear(notice: Notification): void {
  if (notices.items.value?.some((one) => one.id === notice.id)) return;
  unread.value += 1;
  if (notice.bark) keepBark(notice.bark);
  if (notices.items.value) notices.items.value = [notice, ...notices.items.value];
}

let isMissed = false;

/** Count once more if that could not be done when the app was opened. */
export async function countLate(): Promise<void> {
  if (isMissed) await countUnread();
}

export async function countUnread(): Promise<void> {
  try {
    isMissed = false;
    unread.value = (await api.notifications(null, 1)).unread;
  } catch {
    isMissed = true; // the badge is a hint: it is right again when the stream stands
  }
}

/** Note that all that is listed was seen. The list itself keeps showing what was new. */
export async function noteSeen(): Promise<void> {
  const ids = notices.items.value?.map((notice) => notice.id) ?? [];
  const newest = ids.reduce((a, b) => (isNewer(b, a) ? b : a), "0");
  if (newest === "0" || !unread.value) return;
  try {
    unread.value = (await api.noteRead(newest)).unread;
  } catch {
    // It stays unread, and is noted the next time.
  }
}
