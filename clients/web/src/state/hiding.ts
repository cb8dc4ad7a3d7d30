/** Blocks and mutes: whom I do not want to see goes from the screen at once, and comes back if the service refuses. */
import { signal } from "@preact/signals";
import { api } from "../api/calls";
import { wordsOf } from "../api/client";
import type { User } from "../api/types";
import { showFollow } from "./doing";
import { change, dropAuthor } from "./feed";
import { changeUser, keepUser, userOf } from "./known";
import { toast } from "./toasts";
import { inTurn } from "./turns";

/** The one whose menu is open. */
export const minding = signal<User | null>(null);
/** Whom I have blocked since the page was loaded: what was listed before may still hold them. */
const blocked = signal<ReadonlySet<string>>(new Set());

const HOUR = 3600;
/** How long a mute can last, in seconds; null is until further notice. */
export const SPANS: [words: string, seconds: number | null][] = [
  ["An hour", HOUR],
  ["A day", 24 * HOUR],
  ["A week", 7 * 24 * HOUR],
  ["Until further notice", null],
];

export function isBlocked(handle: string): boolean {
  return blocked.value.has(handle);
}

function hide(handle: string, isHidden: boolean): void {
  const others = [...blocked.value].filter((one) => one !== handle);
  blocked.value = new Set(isHidden ? [...others, handle] : others);
}

/** Of what is asked for about one person, the last wins: a block, a mute, or the end of it. */
const inTurnOf = <T>(user: User, ask: () => Promise<T>) => inTurn(`hide ${user.handle}`, ask);

export async function block(user: User): Promise<void> {
  minding.value = null;
  hide(user.handle, true);
  try {
    const told = await inTurnOf(user, () => api.block(user.handle));
    hide(user.handle, true); // one before may have been refused
    showFollow(user, false);
    keepUser(told);
    changeUser(told, { blocks: true, followed_by: false });
    dropAuthor(user.handle);
    toast(`@${user.handle} is blocked.`, { name: "Unblock", run: () => void unblock(user) });
  } catch (error) {
    hide(user.handle, userOf(user.handle)?.value.you?.blocks ?? false);
    toast(wordsOf(error), { name: "Try again", run: () => void block(user) });
  }
}

/** Return whether it is so now. */
export async function unblock(user: User): Promise<boolean> {
  minding.value = null;
  try {
    await inTurnOf(user, () => api.unblock(user.handle));
  } catch (error) {
    toast(wordsOf(error), { name: "Try again", run: () => void unblock(user) });
    return false;
  }
  hide(user.handle, false);
  changeUser(user, { blocks: false });
  toast(`@${user.handle} is no longer blocked. Follows do not come back by themselves.`);
  return true;
}

export async function mute(user: User, seconds: number | null): Promise<void> {
  minding.value = null;
  try {
    const told = await inTurnOf(user, () => api.mute(user.handle, seconds));
    keepUser(told);
    changeUser(told, { mutes: true, muted_until: told.you?.muted_until ?? null });
    dropAuthor(user.handle);
    toast(`@${user.handle} is muted.`, { name: "End", run: () => void unmute(user) });
  } catch (error) {
    toast(wordsOf(error), { name: "Try again", run: () => void mute(user, seconds) });
  }
}

/** Return whether it is so now. */
export async function unmute(user: User): Promise<boolean> {
  minding.value = null;
  try {
    await inTurnOf(user, () => api.unmute(user.handle));
  } catch (error) {
    toast(wordsOf(error), { name: "Try again", run: () => void unmute(user) });
    return false;
  }
  changeUser(user, { mutes: false, muted_until: null });
  change(); // what they barked meanwhile is there again
  toast(`@${user.handle} is no longer muted.`);
  return true;
}

export function forgetHiding(): void {
  minding.value = null;
  blocked.value = new Set();
}
