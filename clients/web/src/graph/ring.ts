/** Where people stand in the picture: in rings around the one in the middle, those of ring two near who leads to them. */
import { api } from "../api/calls";
import type { User } from "../api/types";
import { isNarrow } from "./names";

export interface Node {
  user: User;
  ring: 0 | 1 | 2;
  x: number;
  y: number;
}

export interface Edge {
  from: string;
  to: string;
}

export interface Picture {
  nodes: Node[];
  edges: Edge[];
  /** How many are not in the picture, for lack of room. */
  left: number;
}

const FIRST_MAX = isNarrow ? 10 : 14;
const SECOND_FROM = 9;
const SECOND_EACH = 6;
const SECOND_MAX = isNarrow ? 14 : 22;
const CROWD = 7; // over that many a ring is drawn as two, by turns, so that names have room
const RADII = isNarrow ? ([0, 150, 280] as const) : ([0, 175, 335] as const);
const ASIDE = [0, 50, 45] as const;

interface Found {
  people: Map<string, { user: User; ring: 0 | 1 | 2; via: string }>;
  edges: Edge[];
  left: number;
}

async function first(centre: User): Promise<Found> {
  const [following, followers] = await Promise.all([
    api.following(centre.handle, null, FIRST_MAX),
    api.followers(centre.handle, null, FIRST_MAX),
  ]);
  const people: Found["people"] = new Map([[centre.id, { user: centre, ring: 0, via: "" }]]);
  // By turns, so that neither whom they follow nor who follows them fills the ring alone.
  for (let turn = 0; turn < FIRST_MAX; turn++) {
    for (const user of [following.items[turn], followers.items[turn]]) {
      if (user && people.size <= FIRST_MAX && !people.has(user.id)) people.set(user.id, { user, ring: 1, via: centre.id });
    }
  }
  const edges = [
    ...following.items.map((user) => ({ from: centre.id, to: user.id })),
    ...followers.items.map((user) => ({ from: user.id, to: centre.id })),
  ];
  const all = centre.counts.following + centre.counts.followers;
  return { people, edges, left: Math.max(0, all - edges.length) };
}

async function second(found: Found): Promise<void> {
  const near = [...found.people.values()].filter((one) => one.ring === 1).slice(0, SECOND_FROM);
  const pages = await Promise.all(near.map(({ user }) => api.following(user.handle, null, 20).catch(() => null)));
  let room = SECOND_MAX;
  pages.forEach((page, index) => {
    const via = near[index]!.user.id;
    let taken = 0;
    for (const user of page?.items ?? []) {
      if (!found.people.has(user.id) && taken < SECOND_EACH && room > 0) {
        found.people.set(user.id, { user, ring: 2, via });
        taken++;
        room--;
      }
      found.edges.push({ from: via, to: user.id });
    }
  });
}

function placed({ people, edges, left }: Found): Picture {
  const all = [...people.values()];
  const inner = all.filter((one) => one.ring === 1);
  const angles = new Map<string, number>();
  const nodes: Node[] = all.filter((one) => one.ring === 0).map(({ user }) => ({ user, ring: 0, x: 0, y: 0 }));
  const stand = (user: User, ring: 1 | 2, turn: number, index: number, of: number) => {
    const angle = turn + (2 * Math.PI * index) / of;
    const radius = RADII[ring] + (of > CROWD && index % 2 ? ASIDE[ring] : 0);
    angles.set(user.id, angle);
    nodes.push({ user, ring, x: radius * Math.sin(angle), y: -radius * Math.cos(angle) });
  };
  inner.forEach((one, index) => stand(one.user, 1, 0, index, inner.length));
  const outer = all.filter((one) => one.ring === 2);
  outer.sort((a, b) => (angles.get(a.via) ?? 0) - (angles.get(b.via) ?? 0));
  // Spread evenly, turned so that each stands on the side of who leads there.
  const turn = outer.length ? (angles.get(outer[0]!.via) ?? 0) : 0;
  outer.forEach((one, index) => stand(one.user, 2, turn, index, outer.length));
  const seen = edges.filter(({ from, to }) => people.has(from) && people.has(to));
  const once = new Map(seen.map((edge) => [`${edge.from}>${edge.to}`, edge]));
  return { nodes, edges: [...once.values()], left };
}

/** Read who is around somebody, one or two steps far, and where each stands. */
export async function picture(handle: string, depth: 1 | 2): Promise<Picture> {
  const found = await first(await api.user(handle));
  if (depth === 2) await second(found);
  return placed(found);
}
