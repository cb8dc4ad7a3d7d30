/** What people wrote, with links, @handles and #tags to follow. Nothing in it is ever taken for markup. */
import type { ComponentChildren } from "preact";

const PIECES = /(https?:\/\/[^\s<>"]+)|(?<![\w@/])@([A-Za-z0-9_]{2,30})(?!\w)|(?<![\p{L}\p{N}_&/#])#([\p{L}\p{N}_]*\p{L}[\p{L}\p{N}_]*)/gu;
const AFTER_LINK = /[.,:;!?)\]'"]+$/;
const LINK_MAX = 40;

function External({ href }: { href: string }) {
  const short = href.replace(/^https?:\/\/(www\.)?/, "").replace(/\/$/, "");
  return (
    <a href={href} dir="ltr" target="_blank" rel="noopener noreferrer nofollow ugc">
      {short.length > LINK_MAX ? `${short.slice(0, LINK_MAX - 1)}…` : short}
    </a>
  );
}

/** Each piece has a direction of its own: among words that are read from the right an @ would go behind its handle. */
function piece(match: RegExpMatchArray): { shown: ComponentChildren; length: number } {
  const [all, link, handle, tag] = match;
  if (link) {
    const href = link.replace(AFTER_LINK, "");
    return { shown: <External href={href} />, length: href.length };
  }
  if (handle) return { shown: <a href={`/@${handle.toLowerCase()}`} dir="ltr">{all}</a>, length: all.length };
  return { shown: <a href={`/tags/${encodeURIComponent(tag ?? "")}`} dir="auto">{all}</a>, length: all.length };
}

/** Plain where all of it is a link to somewhere, and cannot hold others. */
export function Text({ text, plain = false }: { text: string; plain?: boolean }) {
  const found: ComponentChildren[] = [];
  let from = 0;
  for (const match of text.matchAll(PIECES)) {
    const at = match.index ?? 0;
    const { shown, length } = piece(match);
    found.push(text.slice(from, at), plain ? <bdi>{text.slice(at, at + length)}</bdi> : shown);
    from = at + length;
  }
  return (
    <>
      {found}
      {text.slice(from)}
    </>
  );
}
