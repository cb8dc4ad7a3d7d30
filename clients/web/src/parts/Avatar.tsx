/** A dog drawn from an id: always the same one for the same person, until pictures can be uploaded. */
import type { User } from "../api/types";

const COATS = ["#f3e3cf", "#d9a566", "#8a5a3b", "#5f5149", "#e9e2da", "#c47f4a"] as const;
const EARS = ["#7a4a2b", "#3f332d", "#b06a36", "#a5835f", "#5b3a29"] as const;
const GROUNDS = ["#cfe3dc", "#f4d9c6", "#d7dcf0", "#f3e2ab", "#dfd3ea", "#cddff0", "#e6e0c8", "#f2cfd4"] as const;

/** Mix an id well: ids of one second differ in few of their bits. */
function mixed(id: string): number {
  let hash = 2166136261;
  for (let turn = 0; turn < 2; turn++) {
    for (const digit of id) hash = Math.imul(hash ^ digit.charCodeAt(0), 16777619);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 2246822519);
  return (hash ^ (hash >>> 13)) >>> 0;
}

function pick<T>(of: readonly T[], hash: number): T {
  return of[hash % of.length] as T;
}

function Ears({ kind, fill }: { kind: number; fill: string }) {
  if (kind === 0) return <path d="M14 20c-6 6-6 18-1 23 4 2 8-2 9-7l2-16zM50 20c6 6 6 18 1 23-4 2-8-2-9-7l-2-16z" fill={fill} />;
  if (kind === 1) return <path d="M15 31l1-20c0-2 2-2 3-1l11 11zM49 31l-1-20c0-2-2-2-3-1L34 21z" fill={fill} />;
  return <path d="M16 30c-6-6-6-14-1-18 5-1 11 3 13 8zM48 30c6-6 6-14 1-18-5-1-11 3-13 8z" fill={fill} />;
}

/** The drawing alone, for pictures of more than one. */
export function Dog({ id }: { id: string }) {
  const hash = mixed(id);
  const coat = pick(COATS, hash >>> 3);
  const ear = pick(EARS, hash >>> 7);
  return (
    <>
      <rect width="64" height="64" fill={pick(GROUNDS, hash)} />
      <Ears kind={(hash >>> 11) % 3} fill={ear} />
      <path d="M32 15c13 0 18 8 18 19 0 13-8 21-18 21s-18-8-18-21c0-11 5-19 18-19z" fill={coat} />
      {(hash >>> 13) % 2 ? <ellipse cx={(hash >>> 14) % 2 ? 24 : 40} cy="31" rx="7" ry="8" fill={ear} /> : null}
      <ellipse cx="32" cy="44" rx="10" ry="8.500" fill="#fffaf3" />
      <circle cx="24.500" cy="31" r="2.800" fill="#241a14" />
      <circle cx="39.500" cy="31" r="2.800" fill="#241a14" />
      <circle cx="25.300" cy="30.200" r=".9" fill="#fff" />
      <circle cx="40.300" cy="30.200" r=".9" fill="#fff" />
      {(hash >>> 17) % 3 === 0 ? <path d="M29.500 48h5v4a2.500 2.500 0 0 1-5 0z" fill="#e2707a" /> : null}
      <path d="M28.500 39h7c1 0 1.300 1 .7 1.700L33 44c-.6.600-1.400.600-2 0l-3.200-3.300c-.6-.7-.3-1.700.7-1.700z" fill="#241a14" />
      <path d="M27.500 47c2.700 2.200 6.300 2.200 9 0" fill="none" stroke="#241a14" stroke-width="1.600" stroke-linecap="round" />
    </>
  );
}

export function Avatar({ user, size = "m" }: { user: Pick<User, "id">; size?: "s" | "m" | "l" }) {
  return (
    <svg class={`avatar avatar-${size}`} viewBox="0 0 64 64" aria-hidden="true" focusable="false">
      <Dog id={user.id} />
    </svg>
  );
}
