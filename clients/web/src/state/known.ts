/** People and barks as they were last told, each in one place: a like or a follow shows wherever they stand. */
import { type Signal, signal } from "@preact/signals";
import type { Bark, User } from "../api/types";

const barks = new Map<string, Signal<Bark | null>>();
const changedAt = new Map<string, number>();
const LATE_MS = 5_000;
const people = new Map<string, Signal<User>>();

/** Return the bark's own signal; null in it stands for a bark that was deleted. */
export function barkOf(id: string): Signal<Bark | null> | undefined {
  return barks.get(id);
}

/** Note a bark and return its id. One that was deleted stays so, whatever comes late. */
export function keepBark(bark: Bark): string {
  const known = barks.get(bark.id);
  if (!known) barks.set(bark.id, signal(bark));
  else if (known.value) {
    const isMine = (changedAt.get(bark.id) ?? 0) > Date.now() - LATE_MS;
    const { you, counts } = isMine ? known.value : bark;
    known.value = { ...bark, you: you ?? known.value.you, counts };
  }
  return bark.id;
}

/** Note what I did with a bark. A page that was asked for before, or is kept for a moment, does not take it back. */
export function changeBark(bark: Bark): void {
  changedAt.set(bark.id, Date.now());
  const known = barks.get(bark.id);
  if (known?.value) known.value = bark;
}

export function forgetBark(id: string): void {
  const known = barks.get(id);
  if (known) known.value = null;
  else barks.set(id, signal(null));
}

export function userOf(handle: string): Signal<User> | undefined {
  return people.get(handle);
}

/** Note somebody and return the handle. What is between us is kept where it is not told. */
export function keepUser(user: User): string {
  const known = people.get(user.handle);
  if (!known) people.set(user.handle, signal(user));
  else known.value = { ...user, you: user.you ?? known.value.you };
  return user.handle;
}

/** Tell whether an id is newer than another: ids are digits, too long for a number. */
export function isNewer(a: string, b: string): boolean {
  return a.length === b.length ? a > b : a.length > b.length;
}

/** Return ids once each, newest first. */
export function newestFirst(ids: Iterable<string>): string[] {
  return [...new Set(ids)].sort((a, b) => (a === b ? 0 : isNewer(a, b) ? -1 : 1));
}

export function forgetAll(): void {
  barks.clear();
  changedAt.clear();
  people.clear();
}
