/** Small things that pages are made of. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Pages } from "../state/pages";
import { back as goBack, comeBack, pageTitle } from "../state/router";
import { Icon, type IconName } from "./Icon";

/** The head of a page: its heading takes the focus when the page is opened. */
export function Head({ title, back = false, children }: { title: string; back?: boolean; children?: ComponentChildren }) {
  useEffect(() => {
    pageTitle.value = title;
  }, [title]);
  return (
    <header class="head">
      {back ? (
        <button type="button" class="ghost round" aria-label="Back" onClick={goBack}>
          <Icon name="back" />
        </button>
      ) : null}
      <h1 tabIndex={-1} dir="auto">
        {title}
      </h1>
      {children}
    </header>
  );
}

/** Nothing here: what would be, and what to do about it. */
export function Empty({ icon, title, children }: { icon: IconName; title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <span class="empty-icon">
        <Icon name={icon} />
      </span>
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** The shape of rows that are on their way. */
export function Skeleton({ rows = 5 }: { rows?: number }) {
  return (
    <div class="skeleton" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        <div class="skeleton-row" key={row}>
          <span class="skeleton-face" />
          <span class="skeleton-lines">
            <span class="skeleton-line skeleton-short" />
            <span class="skeleton-line" />
          </span>
        </div>
      ))}
    </div>
  );
}

interface MoreProps {
  /** How long the list is: each time it has grown, the end is looked for anew. */
  at: number;
  busy: boolean;
  load: () => void;
}

/** Calls for more before the end of a list is reached; a button for who does not scroll. */
export function More({ at, busy, load }: MoreProps) {
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const watch = new IntersectionObserver((seen) => seen.at(-1)?.isIntersecting && load(), { rootMargin: "1200px" });
    if (end.current) watch.observe(end.current);
    return () => watch.disconnect();
  }, [at, busy]);
  return (
    <div class="more" ref={end}>
      <button type="button" class="ghost" disabled={busy} onClick={load}>
        {busy ? "Loading …" : "Show more"}
      </button>
    </div>
  );
}

export function Failed({ words, again }: { words: string; again: () => void }) {
  return (
    <Empty icon="alert" title="That did not work">
      <p role="alert">{words}</p>
      <button type="button" onClick={again}>
        Try again
      </button>
    </Empty>
  );
}

interface ListProps<T> {
  of: Pages<T>;
  /** Draws the rows: one by one, or all of them where they are many. */
  row?: (item: T) => ComponentChildren;
  rows?: (items: T[]) => ComponentChildren;
  empty: ComponentChildren;
  missing?: ComponentChildren;
}

/** A list that is read page by page, in whatever state it is. */
export function List<T>({ of, row, rows, empty, missing }: ListProps<T>) {
  const items = of.items.value;
  const state = of.state.value;
  useEffect(() => {
    if (items) comeBack();
  }, [items === null]);
  if (!items) {
    if (state === "missing") return <>{missing ?? <Failed words={of.words.value} again={of.start} />}</>;
    return state === "failed" ? <Failed words={of.words.value} again={of.start} /> : <Skeleton />;
  }
  if (!items.length && !of.next.value) return <>{empty}</>;
  return (
    <div class="list">
      {row ? items.map(row) : rows?.(items)}
      {state === "failed" ? <Failed words={of.words.value} again={of.again} /> : null}
      {of.next.value && state !== "failed" ? <More at={items.length} load={of.more} busy={state === "loading"} /> : null}
    </div>
  );
}
