/** Where barks are written. It counts as the service does: characters, not bytes or halves of an emoji. */
import { draft, write } from "../state/draft";
import { me } from "../state/me";
import { send } from "../state/outbox";
import { Avatar } from "./Avatar";

const MAX = 500;
const WARN = 50;
// What Python's strip() takes away: not quite what trim() does.
const ENDS = /^[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+|[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/g;
const SEEN = /[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Zs}]/u;

/** Return the length of a text as the service keeps it. */
export function lengthOf(text: string): number {
  return [...text.replace(/\r\n?/g, "\n").normalize("NFC").replace(ENDS, "")].length;
}

function Count({ used }: { used: number }) {
  const left = MAX - used;
  return (
    <span class={left < 0 ? "count count-over" : left <= WARN ? "count count-near" : "count"}>
      <span aria-hidden="true">{left <= WARN ? left : `${used} / ${MAX}`}</span>
      <span class="unseen" role="status">
        {left < 0 ? `${-left} characters too many` : left <= WARN ? `${left} characters left` : ""}
      </span>
    </span>
  );
}

interface Props {
  done?: () => void;
  focused?: boolean;
}

export function Composer({ done, focused = false }: Props) {
  const text = draft.value;
  const used = lengthOf(text);
  const isReady = used > 0 && used <= MAX && SEEN.test(text);

  function submit(event?: Event): void {
    event?.preventDefault();
    if (!isReady) return;
    send(text);
    write("");
    done?.();
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit(event);
  }

  if (!me.value) return null;
  return (
    <form class="composer" onSubmit={submit}>
      <Avatar user={me.value} />
      <div class="composer-body">
        <div class="grows" data-text={`${text}\n`}>
          <textarea
            data-first={focused}
            rows={2}
            dir="auto"
            aria-label="Your bark"
            placeholder="What is going on?"
            value={text}
            onInput={(event) => write(event.currentTarget.value)}
            onKeyDown={onKeyDown}
          />
        </div>
        <div class="composer-foot">
          <Count used={used} />
          <button type="submit" class="primary" disabled={!isReady}>
            Bark
          </button>
        </div>
      </div>
    </form>
  );
}
