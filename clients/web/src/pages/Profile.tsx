import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { api } from "../api/calls";
import { Problem, wordsOf } from "../api/client";
import type { User } from "../api/types";
import { Avatar } from "../parts/Avatar";
import { BarkList } from "../parts/BarkList";
import { Empty, Failed, Head, List, Skeleton } from "../parts/bits";
import { Icon } from "../parts/Icon";
import { Text } from "../parts/Text";
import { since } from "../parts/Time";
import { Between } from "../parts/Between";
import { MenuButton, MutedUntil } from "../parts/PersonMenu";
import { FollowButton, UserRow } from "../parts/UserRow";
import { isBlocked, unblock, unmute } from "../state/hiding";
import { keepBark, keepUser, userOf } from "../state/known";
import { me } from "../state/me";
import { Pages } from "../state/pages";
import { comeBack } from "../state/router";

export type Part = "barks" | "followers" | "following";

function Counts({ user, part }: { user: User; part: Part }) {
  const parts: [Part, string, number][] = [
    ["barks", user.counts.barks === 1 ? "bark" : "barks", user.counts.barks],
    ["followers", user.counts.followers === 1 ? "follower" : "followers", user.counts.followers],
    ["following", "following", user.counts.following],
  ];
  return (
    <nav class="tabs" aria-label={`What there is of @${user.handle}`}>
      {parts.map(([name, word, number]) => (
        <a
          key={name}
          href={`/@${user.handle}${name === "barks" ? "" : `/${name}`}`}
          aria-current={name === part ? "page" : undefined}
        >
          <strong>{number.toLocaleString()}</strong> {word}
        </a>
      ))}
    </nav>
  );
}

function Card({ user }: { user: User }) {
  const isMe = user.id === me.value?.id;
  return (
    <section class="profile" aria-label={`About @${user.handle}`}>
      <div class="profile-top">
        <Avatar user={user} size="l" />
        <div class="row profile-acts">
          <a class="button" href={`/@${user.handle}/graph`}>
            <Icon name="graph" />
            Graph
          </a>
          {isMe ? (
            <a class="button" href="/settings">
              Edit profile
            </a>
          ) : (
            <>
              {user.you?.blocks ? null : <FollowButton user={user} />}
              <MenuButton user={user} class="button round" />
            </>
          )}
        </div>
      </div>
      <p class="profile-name">
        <strong dir="auto">{user.name || user.handle}</strong>
        <span class="quiet">@{user.handle}</span>
        {user.you?.followed_by ? <span class="chip">Follows you</span> : null}
      </p>
      {user.about ? (
        <p class="profile-about" dir="auto">
          <Text text={user.about} />
        </p>
      ) : null}
      {user.interests.length ? (
        <ul class="chips" aria-label="Interests">
          {user.interests.map((interest) => (
            <li class="chip" key={interest} dir="auto">
              {interest}
            </li>
          ))}
        </ul>
      ) : null}
      <p class="quiet profile-since">Here since {since(user.created_at)}</p>
      {user.you?.mutes ? (
        <p class="profile-hidden">
          <Icon name="hidden" />
          <span>
            <MutedUntil user={user} />
          </span>
          <button type="button" class="small" onClick={() => void unmute(user)}>
            End
          </button>
        </p>
      ) : null}
      {isMe || !me.value || user.you?.blocks ? null : <Between user={user} key={user.id} />}
    </section>
  );
}

function Barks({ user }: { user: User }) {
  const barks = useMemo(
    () =>
      new Pages(async (cursor) => {
        const page = await api.barksOf(user.handle, cursor);
        return { items: page.items.map(keepBark), next: page.next };
      }),
    [user.handle],
  );
  useEffect(() => void barks.start().then(comeBack), [barks]);
  const words = user.id === me.value?.id ? "Your first bark shows here." : "What they bark shows here.";
  return (
    <List
      of={barks}
      rows={(ids) => <BarkList ids={ids} />}
      empty={
        <Empty icon="plus" title="Nothing barked yet">
          <p>{words}</p>
        </Empty>
      }
    />
  );
}

function People({ user, part }: { user: User; part: "followers" | "following" }) {
  const people = useMemo(
    () =>
      new Pages(async (cursor) => {
        const page = await api[part](user.handle, cursor);
        page.items.forEach(keepUser);
        return page;
      }),
    [user.handle, part],
  );
  useEffect(() => void people.start(), [people]);
  return (
    <List
      of={people}
      row={(one) => <UserRow user={one} key={one.id} />}
      empty={
        <Empty icon="people" title={part === "followers" ? "No followers yet" : "Follows nobody yet"}>
          <p>{part === "followers" ? "Who follows is listed here." : "Whom they follow is listed here."}</p>
        </Empty>
      }
    />
  );
}

function Blocked({ user }: { user: User }) {
  return (
    <Empty icon="hidden" title={`You block @${user.handle}`}>
      <p>Neither of you sees what the other barks.</p>
      <button type="button" onClick={() => void unblock(user)}>
        Unblock
      </button>
    </Empty>
  );
}

export function ProfilePage({ handle, part }: { handle: string; part: Part }) {
  const wrong = useSignal<unknown>(null);
  const user = userOf(handle)?.value;
  const turn = useSignal(0);
  useEffect(() => {
    wrong.value = null;
    api.user(handle).then(
      (found) => {
        keepUser(found);
        turn.value++; // who was not known before has no signal yet that this page could listen to
      },
      (error: unknown) => (wrong.value = error),
    );
  }, [handle, me.value?.id]);
  void turn.value;
  const again = () => void api.user(handle).then((found) => void (keepUser(found), turn.value++), () => undefined);
  if (wrong.value instanceof Problem && wrong.value.status === 404) {
    return (
      <>
        <Head title={`@${handle}`} back />
        <Empty icon="person" title="Nobody goes by that handle">
          <p>Perhaps it is spelled otherwise.</p>
          <a class="button" href={`/search?q=${encodeURIComponent(handle)}`}>
            Search for it
          </a>
        </Empty>
      </>
    );
  }
  return (
    <>
      <Head title={user ? user.name || `@${user.handle}` : `@${handle}`} back />
      {user ? (
        <>
          <Card user={user} />
          {user.you?.blocks || isBlocked(user.handle) ? (
            <Blocked user={user} />
          ) : (
            <>
              <Counts user={user} part={part} />
              {part === "barks" ? <Barks user={user} /> : <People user={user} part={part} />}
            </>
          )}
        </>
      ) : wrong.value ? (
        <Failed words={wordsOf(wrong.value)} again={again} />
      ) : (
        <Skeleton />
      )}
    </>
  );
}
