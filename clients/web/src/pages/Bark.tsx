/** One bark by itself. Replies will be listed below it. */
import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { api } from "../api/calls";
import { Problem, wordsOf } from "../api/client";
import { Acts } from "../parts/BarkCard";
import { Empty, Failed, Head, List, Skeleton } from "../parts/bits";
import { Text } from "../parts/Text";
import { Time } from "../parts/Time";
import { UserRow } from "../parts/UserRow";
import { isBlocked } from "../state/hiding";
import { barkOf, keepBark, keepUser } from "../state/known";
import { Pages } from "../state/pages";

function Likes({ id, count }: { id: string; count: number }) {
  const people = useMemo(
    () =>
      new Pages(async (cursor) => {
        const page = await api.likesOf(id, cursor);
        page.items.forEach(keepUser);
        return page;
      }),
    [id],
  );
  useEffect(() => void people.start(), [people, count]);
  return (
    <section aria-labelledby="liked-by">
      <h2 id="liked-by" class="section">
        Liked by
      </h2>
      <List
        of={people}
        row={(one) => <UserRow user={one} key={one.id} />}
        empty={
          <Empty icon="heart" title="No likes yet">
            <p>Who likes this bark is listed here.</p>
          </Empty>
        }
      />
    </section>
  );
}

function Missing() {
  return (
    <Empty icon="trash" title="This bark is not there">
      <p>It was deleted, or it never was.</p>
      <a class="button" href="/">
        Go home
      </a>
    </Empty>
  );
}

export function BarkPage({ id }: { id: string }) {
  const wrong = useSignal<unknown>(null);
  const turn = useSignal(0);
  const known = barkOf(id);
  const bark = known?.value;
  const load = () => {
    wrong.value = null;
    api.bark(id).then(
      (found) => void (keepBark(found), turn.value++),
      (error: unknown) => (wrong.value = error),
    );
  };
  useEffect(load, [id]);
  void turn.value;
  const isHidden = bark && isBlocked(bark.author.handle);
  const isGone = isHidden || (known && !bark) || (wrong.value instanceof Problem && wrong.value.status === 404);
  return (
    <>
      <Head title="Bark" back />
      {isGone ? (
        <Missing />
      ) : bark ? (
        <>
          <article class="bark-alone" data-bark={id} tabIndex={-1} aria-label="The bark">
            <UserRow user={bark.author} />
            <p class="bark-text bark-large" dir="auto">
              <Text text={bark.text} />
            </p>
            <p class="quiet">
              <Time at={bark.created_at} full />
            </p>
            <Acts bark={bark} />
          </article>
          <Likes id={id} count={bark.counts.likes} />
        </>
      ) : wrong.value ? (
        <Failed words={wordsOf(wrong.value)} again={load} />
      ) : (
        <Skeleton rows={1} />
      )}
    </>
  );
}
