/** People you may know, and why. */
import { useEffect } from "preact/hooks";
import { api } from "../api/calls";
import type { Match, Suggestion } from "../api/types";
import { Empty, Head, List } from "../parts/bits";
import { UserRow } from "../parts/UserRow";
import { keepUser } from "../state/known";
import { Pages } from "../state/pages";

export const suggestions = new Pages<Suggestion>(async (cursor) => {
  const page = await api.suggestions(cursor);
  page.items.forEach((one) => keepUser(one.user));
  return page;
});

export function reason({ because, count }: Suggestion, isShort = false): string {
  const names = because.slice(0, isShort ? 1 : 2).map((user) => user.name || `@${user.handle}`);
  if (!names.length) return "Many follow them";
  const others = count - names.length;
  if (isShort) return others > 0 ? `${names[0]} + ${others}` : names[0]!;
  if (others > 0) return `Followed by ${names.join(", ")} and ${others} more`;
  return `Followed by ${names.join(" and ")}`;
}

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
          <span class="person-about quiet">{shared.join(", ")}</span>
        </UserRow>
      ))}
    </section>
  );
}

export function PeoplePage() {
  useEffect(() => void suggestions.start(), []);
  return (
    <>
      <Head title="People you may know" />
      <List
        of={suggestions}
        row={(one) => (
          <UserRow user={one.user} key={one.user.id}>
            <span class="person-about quiet">{reason(one)}</span>
          </UserRow>
        )}
        empty={<Nobody title="Nobody to suggest yet" />}
        missing={<Nobody title="Find your people" />}
      />
      <Matches />
    </>
  );
}
