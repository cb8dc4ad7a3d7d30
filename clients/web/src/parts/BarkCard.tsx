/** One bark in a list. It listens to its own signal, so that a like draws this card and no other. */
import { Component } from "preact";
import type { Bark } from "../api/types";
import { barkOf } from "../state/known";
import { isBlocked } from "../state/hiding";
import { me } from "../state/me";
import { askToDelete, toggleLike } from "../state/doing";
import { Avatar } from "./Avatar";
import { Icon } from "./Icon";
import { MenuButton } from "./PersonMenu";
import { Text } from "./Text";
import { Time } from "./Time";

function Name({ bark }: { bark: Bark }) {
  const { author } = bark;
  return (
    <a class="bark-author" href={`/@${author.handle}`}>
      <strong dir="auto">{author.name || author.handle}</strong>
      <span class="quiet">@{author.handle}</span>
    </a>
  );
}

function Likes({ bark }: { bark: Bark }) {
  const liked = bark.you?.liked ?? false;
  const { likes } = bark.counts;
  return (
    <button
      type="button"
      class={liked ? "act act-like act-on" : "act act-like"}
      aria-pressed={liked}
      aria-label={`Like, ${likes} ${likes === 1 ? "like" : "likes"}`}
      onClick={() => toggleLike(bark)}
    >
      <Icon name="heart" filled={liked} />
      <span>{likes || ""}</span>
    </button>
  );
}

/** What one can do with a bark: replies and rebarks will stand beside. */
export function Acts({ bark }: { bark: Bark }) {
  return (
    <div class="acts">
      <Likes bark={bark} />
      {bark.author.id === me.value?.id ? (
        <button type="button" class="act act-delete" aria-label="Delete this bark" onClick={() => askToDelete(bark)}>
          <Icon name="trash" />
        </button>
      ) : (
        <MenuButton user={bark.author} class="act act-more" />
      )}
    </div>
  );
}

function Card({ id }: { id: string }) {
  const bark = barkOf(id)?.value;
  if (!bark || isBlocked(bark.author.handle)) return null;
  return (
    <article class="bark" data-bark={id} tabIndex={-1} aria-label={`${bark.author.name || bark.author.handle} barked`}>
      <a class="bark-face" href={`/@${bark.author.handle}`} tabIndex={-1} aria-hidden="true">
        <Avatar user={bark.author} />
      </a>
      <div class="bark-body">
        <header class="bark-head">
          <Name bark={bark} />
          <a class="quiet bark-time" href={`/barks/${id}`} aria-label="Open this bark">
            <Time at={bark.created_at} />
          </a>
        </header>
        <p class="bark-text" dir="auto">
          <Text text={bark.text} />
        </p>
        <Acts bark={bark} />
      </div>
    </article>
  );
}

/** The same card stays as it is while only the list around it changes. */
export class BarkCard extends Component<{ id: string }> {
  shouldComponentUpdate(next: { id: string }): boolean {
    return next.id !== this.props.id;
  }

  render({ id }: { id: string }) {
    return <Card id={id} />;
  }
}
