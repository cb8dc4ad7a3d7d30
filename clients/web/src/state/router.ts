/** Where we are: a path and a query in the address bar, and a plain <a href> to get anywhere else. */
import { signal } from "@preact/signals";

export const path = signal(location.pathname);
export const query = signal(location.search);
export const pageTitle = signal("");

/** What stood at the top of a page that was left, to come back to: by history entry. */
interface Mark {
  id: string;
  top: number;
}

/** What a history entry holds. */
interface Entry {
  /** It was come to from within the app. */
  inner?: boolean;
  mark?: Mark | null;
  top?: number;
}

const OURS = /^\/($|@|barks\/|tags\/|search|nearby|people|notifications|settings|login|signup)/;
const isBack = { now: false };

/** Return the first bark that reaches below an edge. Pieces first: to ask a card where it is has its piece laid out. */
export function firstInSight(edge: number): HTMLElement | null {
  const isInSight = (one: Element) => one.getBoundingClientRect().bottom > edge;
  for (const piece of document.querySelectorAll(".piece")) {
    if (!isInSight(piece)) continue;
    const found = [...piece.querySelectorAll<HTMLElement>("[data-bark]")].find(isInSight);
    if (found) return found;
  }
  return null;
}

function markOf(): Mark | null {
  const card = firstInSight(0);
  return card && { id: card.dataset.bark ?? "", top: card.getBoundingClientRect().top };
}

function read(): void {
  path.value = location.pathname;
  query.value = location.search;
}

const entry = () => (history.state ?? {}) as Entry;

/** Go back to where one came from; who came by a link from elsewhere goes home, not away. */
export function back(): void {
  if (entry().inner) history.back();
  else go("/");
}

/** Go to a page of the app. */
export function go(to: string, replace = false): void {
  const { inner } = entry();
  if (replace) history.replaceState({ inner }, "", to);
  else {
    history.replaceState({ inner, mark: markOf(), top: scrollY }, "");
    history.pushState({ inner: true }, "", to);
  }
  isBack.now = false;
  read();
  if (!replace) scrollTo(0, 0);
}

/** Bring what stood at the top when this page was left back to its place, once it is drawn. */
export function comeBack(): void {
  if (!isBack.now) return;
  const { mark, top = 0 } = entry();
  const card = mark && document.querySelector(`[data-bark="${CSS.escape(mark.id)}"]`);
  if (card) scrollBy(0, card.getBoundingClientRect().top - mark.top);
  else scrollTo(0, top);
}

function followLink(event: MouseEvent): void {
  const link = (event.target as Element).closest?.("a");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  if (link.target || link.origin !== location.origin || !OURS.test(link.pathname)) return;
  event.preventDefault();
  const to = link.pathname + link.search;
  if (to !== location.pathname + location.search) go(to);
  else scrollTo({ top: 0 });
}

export function startRouter(): void {
  history.scrollRestoration = "manual";
  addEventListener("popstate", () => {
    isBack.now = true;
    read();
    if (!entry().mark) scrollTo(0, 0); // a page that was not left by a link begins at its top, not where the other was
  });
  for (const moved of ["wheel", "touchstart", "keydown"]) {
    addEventListener(moved, () => (isBack.now = false), { passive: true }); // who scrolls is where she wants to be
  }
  document.addEventListener("click", followLink);
}
