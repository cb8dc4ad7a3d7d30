import { signal } from "@preact/signals";

const now = signal(Date.now());
setInterval(() => {
  if (!document.hidden) now.value = Date.now();
}, 30_000);

const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const dayOfYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });

function ago(then: Date, at: number): string {
  const seconds = Math.max(0, (at - then.getTime()) / 1000);
  if (seconds < 60) return "now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  if (seconds < 6 * 86_400) return `${Math.floor(seconds / 86_400)} d`;
  return (then.getFullYear() === new Date(at).getFullYear() ? day : dayOfYear).format(then);
}

/** How long ago something was, or when exactly. */
export function Time({ at, full = false }: { at: string; full?: boolean }) {
  const then = new Date(at);
  return (
    <time dateTime={at} title={exact.format(then)}>
      {full ? exact.format(then) : ago(then, now.value)}
    </time>
  );
}

export function since(at: string): string {
  return new Intl.DateTimeFormat(undefined, { month: "long", year: "numeric" }).format(new Date(at));
}
