import { useEffect } from "preact/hooks";
import type { Notification } from "../api/types";
import { Avatar } from "../parts/Avatar";
import { Empty, Head, List } from "../parts/bits";
import { Icon, type IconName } from "../parts/Icon";
import { Text } from "../parts/Text";
import { Time } from "../parts/Time";
import { FollowButton } from "../parts/UserRow";
import { isBlocked } from "../state/hiding";
import { barkOf } from "../state/known";
import { noteSeen, notices, unread } from "../state/notices";

const KINDS: Record<string, [words: string, icon: IconName]> = {
  like: ["likes your bark", "heart"],
  follow: ["follows you", "person"],
  mention: ["mentions you", "at"],
  reply: ["answers your bark", "reply"],
};
/** A newer service may tell of more than this app knows. */
const OTHER: [string, IconName] = ["did something that concerns you", "bell"];

function Notice({ notice }: { notice: Notification }) {
  const { user, kind } = notice;
  const bark = notice.bark && barkOf(notice.bark.id)?.value; // none where it was deleted meanwhile
  if (!user || isBlocked(user.handle)) return null;
  const [words, icon] = (Object.hasOwn(KINDS, kind) && KINDS[kind]) || OTHER;
  const to = bark ? `/barks/${bark.id}` : `/@${user.handle}`;
  return (
    <article class={notice.read ? "notice" : "notice notice-new"}>
      <span class={`notice-kind notice-${kind}`}>
        <Icon name={icon} filled={kind === "like"} />
      </span>
      <div class="notice-body">
        <a href={`/@${user.handle}`} aria-label={`@${user.handle}`}>
          <Avatar user={user} size="s" />
        </a>
        <p>
          <a class="strong" href={`/@${user.handle}`} dir="auto">
            {user.name || user.handle}
          </a>{" "}
          <a class="plain" href={to}>
            {words}
          </a>{" "}
          <span class="quiet">
            · <Time at={notice.created_at} />
          </span>
          {notice.read ? null : <span class="unseen"> (new)</span>}
        </p>
        {bark ? (
          <a class="notice-bark quiet" href={to} dir="auto">
            <Text text={bark.text} plain />
          </a>
        ) : null}
      </div>
      {kind === "follow" && !user.you?.follows ? <FollowButton user={user} /> : null}
    </article>
  );
}

export function NotificationsPage() {
  useEffect(() => void notices.start(), []);
  const count = notices.items.value?.length;
  useEffect(() => void noteSeen(), [count, unread.value > 0]);
  return (
    <>
      <Head title="Notifications" />
      <List
        of={notices}
        row={(notice) => <Notice notice={notice} key={notice.id} />}
        empty={
          <Empty icon="bell" title="Nothing yet">
            <p>Who follows you, mentions you, answers or likes what you bark shows here.</p>
          </Empty>
        }
      />
    </>
  );
}
