/** People you may know, and why. */
import { Fragment } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { api } from "../api/calls";
import type { Match } from "../api/types";
import { Empty, Head, List } from "../parts/bits";
import { Suggested } from "../parts/Suggested";
import { UserRow } from "../parts/UserRow";
import { suggestions } from "../state/beside";
import { keepUser } from "../state/known";
import { me } from "../state/me";
import { Pages } from "../state/pages";

function Nobody({ title }: { title: string }) {
  return (
    <Empty icon="people" title={title}>
      <p>Follow a few people, and those they follow show here. Search for names, or see who is around.</p>
      <div class="row">
        <a class="button primary" href="/search">
          Search
        </a>
        <a class="button" href="/nearby">
          Look nearby
        </a>
      </div>
    </Empty>
  );
}

const matches = new Pages<Match>(async () => {
  const page = await api.matches();
  page.items.forEach((one) => keepUser(one.user));
  return { items: page.items, next: null };
});

/** Who likes what I like. Nothing is said where there is nobody: it comes on top. */
function Matches() {
  useEffect(() => void matches.start(), []);
  const found = matches.items.value ?? [];
  if (!found.length) return null;
  return (
    <section aria-labelledby="alike">
      <h2 id="alike" class="section">
        Who likes what you like
      </h2>
      {found.map(({ user, shared }) => (
        <UserRow user={user} key={user.id}>
          <span class="person-about quiet">{shared.map((one, at) => (
              <Fragment key={one}>
                {at ? ", " : ""}
                <bdi>{one}</bdi>
              </Fragment>
            ))}</span>
        </UserRow>
      ))}
    </section>
  );
}

const ENOUGH = 3;

/** What a newcomer is told: this page is the first one after signing up. */
function First() {
  const isNew = useMemo(() => (me.value?.counts.following ?? ENOUGH) < ENOUGH, []);
  const number = me.value?.counts.following ?? 0;
  if (!isNew) return null;
  const words =
    number === 0 ? "Follow a few people: what they bark is in your feed at once, and comes in live." : `You follow ${number}.`;
  return (
    <div class="first" role="status">
      <p>{words}</p>
      <a class={number ? "button primary" : "button"} href="/">
        {number ? "See your feed" : "Skip"}
      </a>
    </div>
  );
}

export function PeoplePage() {
  useEffect(() => void suggestions.start(), []);
  return (
    <>
      <Head title="People you may know" />
      <First />
      <List
        of={suggestions}
        row={(one) => <Suggested one={one} key={one.user.id} />}
        empty={<Nobody title="Nobody to suggest yet" />}
        missing={<Nobody title="Find your people" />}
      />
      <Matches />
    </>
  );
}
