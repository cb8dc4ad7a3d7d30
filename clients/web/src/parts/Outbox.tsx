/** Barks on their way, as they will look, and what keeps them. */
import { discard, isWaiting, outbox, retry, type Draft } from "../state/outbox";
import { me } from "../state/me";
import { Avatar } from "./Avatar";
import { Icon } from "./Icon";
import { Text } from "./Text";

function State({ draft }: { draft: Draft }) {
  if (draft.failed) {
    return (
      <div class="draft-state draft-failed" role="alert">
        <Icon name="alert" />
        <span>Not sent. {draft.failed}</span>
        <button type="button" class="small" onClick={() => retry(draft.key)}>
          Try again
        </button>
        <button type="button" class="small ghost" onClick={() => discard(draft.key)}>
          Discard
        </button>
      </div>
    );
  }
  return (
    <div class="draft-state">
      <Icon name="clock" />
      <span>{isWaiting.value ? "Waiting for the connection; it is sent by itself" : "Sending …"}</span>
    </div>
  );
}

export function Outbox() {
  const mine = me.value;
  if (!mine || !outbox.value.length) return null;
  return (
    <div class="drafts" role="status">
      {[...outbox.value].reverse().map((draft) => (
        <article class="bark draft" key={draft.key}>
          <span class="bark-face">
            <Avatar user={mine} />
          </span>
          <div class="bark-body">
            <header class="bark-head">
              <span class="bark-author">
                <strong dir="auto">{mine.name || mine.handle}</strong>
              </span>
            </header>
            <p class="bark-text" dir="auto">
              <Text text={draft.text} />
            </p>
            <State draft={draft} />
          </div>
        </article>
      ))}
    </div>
  );
}
