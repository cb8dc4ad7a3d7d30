/** Keys for who would rather not reach for the mouse. */
import { signal } from "@preact/signals";
import { toggleLike } from "./doing";
import { barkOf } from "./known";
import { me } from "./me";
import { firstInSight, go } from "./router";

export const composing = signal(false);
export const helping = signal(false);

const isTyping = (element: Element | null) => Boolean(element?.closest("input, textarea, select, [contenteditable]"));
const current = () => document.activeElement?.closest<HTMLElement>("[data-bark]");

function move(by: 1 | -1): void {
  const cards = [...document.querySelectorAll<HTMLElement>("[data-bark]")];
  const here = current();
  // Without one in focus, begin at the first that is in sight.
  const at = here ? cards.indexOf(here) + by : cards.indexOf(firstInSight(60)!);
  const to = cards[Math.max(0, Math.min(cards.length - 1, at))];
  to?.focus({ preventScroll: true });
  to?.scrollIntoView({ block: "nearest" });
}

function search(): void {
  const box = document.querySelector<HTMLInputElement>("[data-search]");
  if (box) box.focus();
  else go("/search");
}

const KEYS: Record<string, () => void> = {
  n: () => void (composing.value = Boolean(me.value)),
  j: () => move(1),
  k: () => move(-1),
  l: () => {
    const bark = barkOf(current()?.dataset.bark ?? "")?.value;
    if (bark) void toggleLike(bark);
  },
  ".": () => document.querySelector<HTMLElement>("[data-fresh]")?.click(),
  "/": search,
  "?": () => void (helping.value = true),
};

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target as Element)) return;
  if (document.querySelector("dialog[open]")) return;
  const card = current();
  if (event.key === "Enter" && card && event.target === card) go(`/barks/${card.dataset.bark}`);
  const run = KEYS[event.key];
  if (!run) return;
  event.preventDefault();
  run();
}

export function startShortcuts(): void {
  document.addEventListener("keydown", onKey);
}
