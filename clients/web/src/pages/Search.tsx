import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { api } from "../api/calls";
import { BarkList } from "../parts/BarkList";
import { Empty, Head, List } from "../parts/bits";
import { Icon } from "../parts/Icon";
import { Trends } from "../parts/Trends";
import { UserRow } from "../parts/UserRow";
import { trends } from "../state/beside";
import { keepBark, keepUser } from "../state/known";
import { Pages } from "../state/pages";
import { comeBack, go, query } from "../state/router";

type Kind = "people" | "barks";

function Coming({ what }: { what: string }) {
  return (
    <Empty icon="search" title="Not here yet">
      <p>This Barker does not offer {what} yet.</p>
    </Empty>
  );
}

const nothing = (words: string) => (
  <Empty icon="search" title="Nothing found">
    <p>{words}</p>
  </Empty>
);

function People({ q }: { q: string }) {
  const found = useMemo(
    () =>
      new Pages(async (cursor) => {
        const page = await api.searchPeople(q, cursor);
        page.items.forEach(keepUser);
        return page;
      }),
    [q],
  );
  useEffect(() => void found.start(), [found]);
  return (
    <List
      of={found}
      row={(user) => <UserRow user={user} key={user.id} />}
      empty={nothing(`Nobody is called “${q}”. Try a part of the name, or an interest.`)}
      missing={<Coming what="a search for people" />}
    />
  );
}

export function FoundBarks({ of, words, what }: { of: Pages<string>; words: string; what: string }) {
  useEffect(() => void of.start().then(comeBack), [of]);
  return (
    <List
      of={of}
      rows={(ids) => <BarkList ids={ids} />}
      empty={nothing(words)}
      missing={<Coming what={what} />}
    />
  );
}

function Barks({ q }: { q: string }) {
  const found = useMemo(
    () =>
      new Pages(async (cursor) => {
        const page = await api.searchBarks(q, cursor);
        return { items: page.items.map(keepBark), next: page.next };
      }),
    [q],
  );
  return <FoundBarks of={found} words={`No bark says “${q}”.`} what="a search for barks" />;
}

function kindOf(asked: string): Kind {
  return new URLSearchParams(asked).get("kind") === "barks" ? "barks" : "people";
}

function Box({ q }: { q: string }) {
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef(0);
  const text = useSignal(q);
  useEffect(() => {
    if (!q) input.current?.focus({ preventScroll: true });
    return () => clearTimeout(timer.current); // who has left does not want to be taken back
  }, []);
  useEffect(() => {
    if (!timer.current && q !== text.peek().trim()) text.value = q; // another address, not what is being typed
  }, [q]);
  function look(given: string, wait: number): void {
    text.value = given;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      timer.current = 0;
      go(`/search?${new URLSearchParams({ q: given.trim(), kind: kindOf(query.value) })}`, true);
    }, wait);
  }
  return (
    <form role="search" class="search" onSubmit={(event) => (event.preventDefault(), look(text.value, 0))}>
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        aria-label="Search"
        placeholder="People, words, #tags"
        value={text.value}
        maxLength={100}
        dir="auto"
        data-search
        onInput={(event) => look(event.currentTarget.value, 300)}
      />
    </form>
  );
}

/** What many bark about just now. */
function Trending() {
  useEffect(() => void trends.start(), []);
  return <Trends />;
}

export function SearchPage() {
  const q = new URLSearchParams(query.value).get("q") ?? "";
  const kind = kindOf(query.value);
  const tab = (name: Kind, words: string) => (
    <a href={`/search?${new URLSearchParams({ q, kind: name })}`} aria-current={kind === name ? "page" : undefined}>
      {words}
    </a>
  );
  return (
    <>
      <Head title="Search" />
      <Box q={q} />
      <nav class="tabs" aria-label="What to search for">
        {tab("people", "People")}
        {tab("barks", "Barks")}
      </nav>
      {!q ? (
        <>
          <Trending />
          <Empty icon="search" title="Whom or what are you looking for?">
            <p>Type a name, a handle, an interest, or words somebody barked.</p>
          </Empty>
        </>
      ) : kind === "people" ? (
        <People q={q} />
      ) : (
        <Barks q={q} />
      )}
    </>
  );
}

export function TagPage({ tag }: { tag: string }) {
  const found = useMemo(
    () =>
      new Pages(async (cursor) => {
        const page = await api.tagged(tag, cursor);
        return { items: page.items.map(keepBark), next: page.next };
      }),
    [tag],
  );
  return (
    <>
      <Head title={`#${tag}`} back />
      <FoundBarks of={found} words={`Nobody has barked about #${tag} yet.`} what="tags" />
    </>
  );
}
