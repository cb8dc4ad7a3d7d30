/** Likes, follows and deletions: shown at once, taken back if the service refuses. */
import { signal } from "@preact/signals";
import { api } from "../api/calls";
import { Problem, wordsOf } from "../api/client";
import type { Bark, User } from "../api/types";
import { barkOf, changeBark, changeUser, forgetBark, forgetDeed, renewDeed, userOf } from "./known";
import { keepMe, me } from "./me";
import { go } from "./router";
import { toast } from "./toasts";
import { inTurn, isUnderWay } from "./turns";

/** The bark somebody is asked about before it is deleted. */
export const deleting = signal<Bark | null>(null);

/** What the service holds of what is being asked for, by bark or person. */
const holds = new Map<string, boolean>();

/** Ask for what is shown already. When all about the same is answered, what the service holds is shown. */
async function ask(
  about: string,
  field: "liked" | "follows",
  wanted: boolean,
  call: () => Promise<unknown>,
  show: (isSo: boolean) => void,
): Promise<void> {
  const asker = me.value?.id;
  if (!isUnderWay(about)) holds.set(about, !wanted);
  let isSure = true;
  try {
    await inTurn(about, call);
    holds.set(about, wanted);
  } catch (error) {
    isSure = false;
    toast(wordsOf(error));
  }
  if (isUnderWay(about)) return;
  const isSo = holds.get(about) ?? wanted;
  holds.delete(about);
  if (me.value?.id !== asker) return;
  show(isSo);
  if (isSure) renewDeed(about);
  else forgetDeed(about, field);
}

function like(bark: Bark, liked: boolean): void {
  if ((barkOf(bark.id)?.value?.you?.liked ?? false) !== liked) changeBark(bark, { liked }, liked ? 1 : -1);
}

export async function toggleLike(bark: Bark): Promise<void> {
  if (!me.value) {
    toast("Log in to like barks.", { name: "Log in", run: () => go("/login") });
    return;
  }
  const liked = !bark.you?.liked;
  like(bark, liked);
  const call = () => (liked ? api.like(bark.id) : api.unlike(bark.id));
  await ask(bark.id, "liked", liked, call, (isSo) => like(bark, isSo));
}

export function askToDelete(bark: Bark): void {
  deleting.value = bark;
}

export async function deleteBark(bark: Bark): Promise<void> {
  deleting.value = null;
  try {
    await api.deleteBark(bark.id);
  } catch (error) {
    if (!(error instanceof Problem && error.status === 404)) {
      toast(`It is still there. ${wordsOf(error)}`, { name: "Try again", run: () => void deleteBark(bark) });
      return;
    }
  }
  forgetBark(bark.id);
  toast("Deleted, everywhere.");
}

/** Show that I follow somebody, or no longer do. */
export function showFollow(user: User, follows: boolean): void {
  if (((userOf(user.handle)?.value ?? user).you?.follows ?? false) === follows) return;
  changeUser(user, { follows }, follows ? 1 : -1);
  const mine = me.value && (userOf(me.value.handle)?.value ?? me.value);
  if (mine) {
    const following = Math.max(0, mine.counts.following + (follows ? 1 : -1));
    keepMe({ ...mine, counts: { ...mine.counts, following } });
  }
}

export async function toggleFollow(user: User): Promise<void> {
  if (!me.value) {
    toast(`Log in to follow @${user.handle}.`, { name: "Log in", run: () => go("/login") });
    return;
  }
  const follows = !user.you?.follows;
  showFollow(user, follows);
  const call = () => (follows ? api.follow(user.handle) : api.unfollow(user.handle));
  await ask(user.handle, "follows", follows, call, (isSo) => showFollow(user, isSo));
}
