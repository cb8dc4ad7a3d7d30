/** What one can do about somebody one would rather not see. */
import type { User } from "../api/types";
import { block, minding, mute, SPANS, unblock, unmute } from "../state/hiding";
import { userOf } from "../state/known";
import { me } from "../state/me";
import { Dialog } from "./Dialog";
import { Icon } from "./Icon";
import { Time } from "./Time";

export function MenuButton({ user, class: kind }: { user: User; class: string }) {
  if (!me.value || user.id === me.value.id) return null;
  return (
    <button
      type="button"
      class={kind}
      aria-haspopup="dialog"
      aria-label={`Mute or block @${user.handle}`}
      onClick={() => (minding.value = user)}
    >
      <Icon name="more" />
    </button>
  );
}

/** Until when somebody is muted. */
export function MutedUntil({ user }: { user: User }) {
  const until = user.you?.muted_until;
  return until ? (
    <>
      Muted until <Time at={until} full />
    </>
  ) : (
    <>Muted until further notice</>
  );
}

function Mute({ user }: { user: User }) {
  return (
    <section class="menu-part" aria-labelledby="menu-mute">
      <h3 id="menu-mute">{user.you?.mutes ? <MutedUntil user={user} /> : "Mute"}</h3>
      <p class="quiet">What @{user.handle} barks stays out of your feed. They are not told.</p>
      <div class="row">
        {SPANS.map(([words, seconds]) => (
          <button type="button" class="small" key={words} onClick={() => void mute(user, seconds)}>
            {words}
          </button>
        ))}
        {user.you?.mutes ? (
          <button type="button" class="small primary" onClick={() => void unmute(user)}>
            End
          </button>
        ) : null}
      </div>
    </section>
  );
}

function Block({ user }: { user: User }) {
  const blocks = user.you?.blocks ?? false;
  return (
    <section class="menu-part" aria-labelledby="menu-block">
      <h3 id="menu-block">{blocks ? "Blocked" : "Block"}</h3>
      <p class="quiet">Neither of you sees the other, and whoever follows the other no longer does.</p>
      <div class="row">
        <button type="button" class={blocks ? "small" : "small danger"} onClick={() => void (blocks ? unblock : block)(user)}>
          {blocks ? "Unblock" : `Block @${user.handle}`}
        </button>
      </div>
    </section>
  );
}

export function PersonMenu({ user }: { user: User }) {
  const now = userOf(user.handle)?.value ?? user;
  return (
    <Dialog title={user.name || `@${user.handle}`} close={() => (minding.value = null)}>
      {now.you?.blocks ? null : <Mute user={now} />}
      <Block user={now} />
    </Dialog>
  );
}
