/** People and barks as they were last told, each in one place: a like or a follow shows wherever they stand. */
import { type Signal, signal } from "@preact/signals";
import { PATIENCE_MS } from "../api/client";
import type { Bark, User } from "../api/types";

const barks = new Map<string, Signal<Bark | null>>();
const changedAt = new Map<string, number>();
const people = new Map<string, Signal<User>>();

/** Note that I did something with a bark or a person: what was asked for before does not take it back. */
export function noteChange(about: string): void {
  changedAt.set(about, Date.now());
}

const isMine = (about: string) => (changedAt.get(about) ?? 0) > Date.now() - PATIENCE_MS;

/** Return the bark's own signal; null in it stands for a bark that was deleted. */
export function barkOf(id: string): Signal<Bark | null> | undefined {
  return barks.get(id);
}

/** Note a bark and return its id. One that was deleted stays so, whatever comes late. */
export function keepBark(bark: Bark): string {
  const known = barks.get(bark.id);
  if (!known) barks.set(bark.id, signal(bark));
  else if (known.value) {
    const { you, counts } = isMine(bark.id) ? known.value : bark;
    known.value = { ...bark, you: you ?? known.value.you, counts };
  }
  return bark.id;
}

/** Note a bark as it is after what I did with it. */
export function changeBark(bark: Bark): void {
  noteChange(bark.id);
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
  else {
    const { you, counts } = isMine(user.handle) ? known.value : user;
    known.value = { ...user, you: you ?? known.value.you, counts };
  }
  return user.handle;
}

/** Note somebody as they are after what I did. */
export function changeUser(user: User): void {
  noteChange(user.handle);
  const known = people.get(user.handle);
  if (known) known.value = user;
  else people.set(user.handle, signal(user));
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
