/** Likes, follows and deletions: shown at once, taken back if the service refuses. */
import { signal } from "@preact/signals";
import { api } from "../api/calls";
import { Problem, wordsOf } from "../api/client";
import type { Bark, User } from "../api/types";
import { barkOf, changeBark, changeUser, forgetBark, noteChange, userOf } from "./known";
import { keepMe, me } from "./me";
import { go } from "./router";
import { toast } from "./toasts";

/** The bark somebody is asked about before it is deleted. */
export const deleting = signal<Bark | null>(null);

const turns = new Map<string, Promise<unknown>>();

/** Ask for one thing after the other where both are about the same: of two at once either may come last. */
function inTurn(about: string, ask: () => Promise<unknown>): Promise<unknown> {
  const answer = (turns.get(about) ?? Promise.resolve()).then(ask, ask).finally(() => noteChange(about));
  turns.set(about, answer);
  return answer;
}

function like(bark: Bark, liked: boolean): void {
  const likes = Math.max(0, bark.counts.likes + (liked ? 1 : -1));
  const you = { rebarked: false, bookmarked: false, ...bark.you, liked };
  changeBark({ ...bark, you, counts: { ...bark.counts, likes } });
}

export async function toggleLike(bark: Bark): Promise<void> {
  if (!me.value) {
    toast("Log in to like barks.", { name: "Log in", run: () => go("/login") });
    return;
  }
  const liked = !bark.you?.liked;
  like(bark, liked);
  try {
    await inTurn(bark.id, () => (liked ? api.like(bark.id) : api.unlike(bark.id)));
  } catch (error) {
    const now = barkOf(bark.id)?.value;
    if (now && now.you?.liked === liked) like(now, !liked);
    toast(wordsOf(error));
  }
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

function follow(user: User, follows: boolean): void {
  const you = { followed_by: false, blocks: false, mutes: false, muted_until: null, ...user.you, follows };
  const followers = Math.max(0, user.counts.followers + (follows ? 1 : -1));
  changeUser({ ...user, you, counts: { ...user.counts, followers } });
  const mine = me.value;
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
  follow(user, follows);
  try {
    await inTurn(user.handle, () => (follows ? api.follow(user.handle) : api.unfollow(user.handle)));
  } catch (error) {
    const now = userOf(user.handle)?.value;
    if (now && now.you?.follows === follows) follow(now, !follows);
    toast(wordsOf(error));
  }
}
