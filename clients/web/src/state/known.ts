/** People and barks as they were last told, each in one place: a like or a follow shows wherever they stand. */
import { type Signal, signal } from "@preact/signals";
import { PATIENCE_MS } from "../api/client";
import type { Bark, BarkYou, User, UserYou } from "../api/types";

const barks = new Map<string, Signal<Bark | null>>();
const people = new Map<string, Signal<User>>();
const NOTHING: BarkYou = { liked: false, rebarked: false, bookmarked: false };
const STRANGER: UserYou = { follows: false, followed_by: false, blocks: false, mutes: false, muted_until: null };

/** What I did with barks (by id) and people (by handle): what was asked for before I did it does not know it. */
const deeds = new Map<string, { at: number; you: object }>();

function deedOf<You extends object>(about: string): Partial<You> {
  const deed = deeds.get(about);
  if (!deed || deed.at < Date.now() - PATIENCE_MS) return {};
  return Object.fromEntries(Object.entries(deed.you).filter(([, done]) => done !== undefined)) as Partial<You>;
}

const note = (about: string, you: object) => deeds.set(about, { at: Date.now(), you: { ...deedOf(about), ...you } });

/** Note that it is done: what was asked for until now may not know it. */
export function renewDeed(about: string): void {
  const deed = deeds.get(about);
  if (deed) deed.at = Date.now();
}

/** Note that nobody knows whether it was done: what comes next is the truth. */
export function forgetDeed(about: string, field: keyof BarkYou | keyof UserYou): void {
  const deed = deeds.get(about);
  if (deed) deed.you = { ...deed.you, [field]: undefined };
}

/** Return the bark's own signal; null in it stands for a bark that was deleted. */
export function barkOf(id: string): Signal<Bark | null> | undefined {
  return barks.get(id);
}

/** Note a bark and return its id. One that was deleted stays so, whatever comes late. */
export function keepBark(bark: Bark): string {
  const known = barks.get(bark.id);
  if (!known) barks.set(bark.id, signal(bark));
  else if (known.value) {
    const deed = deedOf<BarkYou>(bark.id);
    const likes = (deed.liked === undefined ? bark : known.value).counts.likes;
    const you = bark.you ? { ...bark.you, ...deed } : known.value.you;
    known.value = { ...bark, you, counts: { ...bark.counts, likes } };
  }
  return bark.id;
}

/** Note what I did with a bark, and how many likes more it has. */
export function changeBark(bark: Bark, you: Partial<BarkYou>, more: number): void {
  note(bark.id, you);
  const known = barks.get(bark.id);
  if (!known?.value) return;
  const now = known.value;
  const likes = Math.max(0, now.counts.likes + more);
  known.value = { ...now, you: { ...NOTHING, ...now.you, ...you }, counts: { ...now.counts, likes } };
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
    const deed = deedOf<UserYou>(user.handle);
    const followers = (deed.follows === undefined ? user : known.value).counts.followers;
    const you = user.you ? { ...user.you, ...deed } : known.value.you;
    known.value = { ...user, you, counts: { ...user.counts, followers } };
  }
  return user.handle;
}

/** Note what I did with somebody, and how many followers more they have. */
export function changeUser(user: User, you: Partial<UserYou>, more = 0): void {
  note(user.handle, you);
  const known = people.get(user.handle);
  const now = known?.value ?? user;
  const followers = Math.max(0, now.counts.followers + more);
  const next = { ...now, you: { ...STRANGER, ...now.you, ...you }, counts: { ...now.counts, followers } };
  if (known) known.value = next;
  else people.set(user.handle, signal(next));
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
  deeds.clear();
  people.clear();
}
