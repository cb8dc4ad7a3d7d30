import type { ComponentChildren } from "preact";
import type { User } from "../api/types";
import { toggleFollow } from "../state/doing";
import { userOf } from "../state/known";
import { isBlocked } from "../state/hiding";
import { me } from "../state/me";
import { Avatar } from "./Avatar";
import { Icon } from "./Icon";
import { Text } from "./Text";

export function FollowButton({ user }: { user: User }) {
  if (user.id === me.value?.id) return null;
  const now = userOf(user.handle)?.value ?? user;
  const follows = now.you?.follows ?? false;
  return (
    <button
      type="button"
      class={follows ? "follow follow-on" : "follow"}
      aria-pressed={follows}
      aria-label={`Follow @${user.handle}`}
      onClick={() => toggleFollow(now)}
    >
      <span>{follows ? "Following" : now.you?.followed_by ? "Follow back" : "Follow"}</span>
    </button>
  );
}

function About({ text }: { text: string }) {
  return (
    <span class="person-about quiet" dir="auto">
      <Text text={text} plain />
    </span>
  );
}

interface RowProps {
  user: User;
  /** What stands under the name, else what they say about themselves. */
  children?: ComponentChildren;
  /** What stands at the end, else the button to follow. */
  act?: ComponentChildren;
  dismiss?: () => void;
}

/** Somebody in a list of people. */
export function UserRow({ user, children, act, dismiss }: RowProps) {
  if (!act && isBlocked(user.handle)) return null;
  return (
    <div class="person">
      <a class="person-link" href={`/@${user.handle}`}>
        <Avatar user={user} />
        <span class="person-words">
          <span class="person-name">
            <strong dir="auto">{user.name || user.handle}</strong>
            <span class="quiet">@{user.handle}</span>
            {user.you?.followed_by ? <span class="chip">Follows you</span> : null}
          </span>
          {children ?? (user.about ? <About text={user.about} /> : null)}
        </span>
      </a>
      <span class="person-acts">
        {act ?? <FollowButton user={user} />}
        {dismiss ? (
          <button
            type="button"
            class="ghost round small person-dismiss"
            aria-label={`Do not suggest @${user.handle} again`}
            title="Do not suggest again"
            onClick={dismiss}
          >
            <Icon name="close" />
          </button>
        ) : null}
      </span>
    </div>
  );
}
