/** People around the middle, by rounded distance and one of eight winds. */
import { Dog } from "../parts/Avatar";
import type { Near } from "../api/types";
import { isNarrow, shortName } from "./names";

const WINDS: Record<string, [number, string]> = {
  n: [0, "north"],
  ne: [45, "north-east"],
  e: [90, "east"],
  se: [135, "south-east"],
  s: [180, "south"],
  sw: [225, "south-west"],
  w: [270, "west"],
  nw: [315, "north-west"],
};
const RINGS = [100, 1_000, 10_000, 100_000];
const RADIUS = 200;
const FACE = 20;
const APART = isNarrow ? [130, 66] : [80, 60]; // sideways and upright: a face with a name below, larger on phones

/** Return a wind's short name, however it is told: `NE`, `north-east`, `northeast`. */
function shortOf(direction: string): string {
  const told = direction.toLowerCase().replace(/[^a-z]/g, "");
  return told.length <= 2 ? told : told.replace(/north/, "n").replace(/south/, "s").replace(/east/, "e").replace(/west/, "w");
}

export function windOf(direction: string): string {
  const wind = WINDS[shortOf(direction)];
  return wind ? `to the ${wind[1]}` : "";
}

export function distance(metres: number): string {
  if (metres < 1_000) return metres < 1 ? "right here" : `about ${metres} m`;
  const kilometres = metres / 1_000;
  return `about ${kilometres < 10 ? kilometres.toFixed(1).replace(".0", "") : Math.round(kilometres)} km`;
}

/** Return how far from the middle something is drawn: each ring is ten times as far as the one before. */
function reach(metres: number, outer: number): number {
  const share = Math.log10(Math.max(metres, 12) / 10) / Math.log10(outer / 10);
  return Math.min(1, Math.max(0.28, share)) * RADIUS;
}

interface Spot {
  near: Near;
  x: number;
  y: number;
}

/** Place everybody, and turn those aside who would stand on another. */
function spots(near: Near[], outer: number): Spot[] {
  const placed: Spot[] = [];
  near.forEach((one, index) => {
    const wind = WINDS[shortOf(one.direction)]?.[0] ?? (index * 137) % 360;
    let spot: Spot = { near: one, x: 0, y: 0 };
    for (let turn = 0; turn < 20; turn++) {
      const aside = (turn % 2 ? 1 : -1) * Math.ceil(turn / 2) * 11;
      const angle = ((wind + aside) * Math.PI) / 180;
      const far = reach(one.distance_m, outer);
      spot = { near: one, x: far * Math.sin(angle), y: -far * Math.cos(angle) };
      const isBeside = (other: Spot) =>
        Math.abs(other.x - spot.x) > APART[0]! || Math.abs(other.y - spot.y) > APART[1]!;
      if (placed.every(isBeside)) break;
    }
    placed.push(spot);
  });
  return placed;
}

function Face({ spot }: { spot: Spot }) {
  const { near, x, y } = spot;
  const name = near.user.name || near.user.handle;
  return (
    <a href={`/@${near.user.handle}`} class="node" aria-label={`${name}, ${distance(near.distance_m)} ${windOf(near.direction)}`}>
      <svg x={x - FACE} y={y - FACE} width={2 * FACE} height={2 * FACE} viewBox="0 0 64 64">
        <g clip-path="url(#face)">
          <Dog id={near.user.id} />
        </g>
      </svg>
      <circle class="node-rim" cx={x} cy={y} r={FACE} />
      <text class="node-name" x={x} y={y + FACE + 13} text-anchor="middle">
        {shortName(near.user)}
      </text>
    </a>
  );
}

export function Radar({ near }: { near: Near[] }) {
  const farthest = Math.max(...near.map((one) => one.distance_m));
  const outer = RINGS.find((ring) => ring >= farthest) ?? 20_000_000;
  const rings = [...RINGS.filter((ring) => ring < outer), outer];
  return (
    <svg class="graph radar" viewBox="-250 -250 500 500" role="group" aria-label="People around you">
      <defs>
        <clipPath id="face">
          <circle cx="32" cy="32" r="32" />
        </clipPath>
      </defs>
      {rings.map((ring) => (
        <g key={ring} aria-hidden="true">
          <circle class="ring" cx="0" cy="0" r={reach(ring, outer)} />
          <text class="ring-name" x="0" y={reach(ring, outer) - 5} text-anchor="middle">
            {ring < 1_000 ? `${ring} m` : `${(ring / 1_000).toLocaleString()} km`}
          </text>
        </g>
      ))}
      <g aria-hidden="true">
        <path class="cross" d={`M0 ${-RADIUS}V${RADIUS}M${-RADIUS} 0H${RADIUS}`} />
        {(["n", "e", "s", "w"] as const).map((wind) => {
          const angle = (WINDS[wind]![0] * Math.PI) / 180;
          return (
            <text class="wind" key={wind} x={228 * Math.sin(angle)} y={-228 * Math.cos(angle) + 5} text-anchor="middle">
              {wind.toUpperCase()}
            </text>
          );
        })}
        <circle class="here" cx="0" cy="0" r="7" />
      </g>
      {spots(near, outer).map((spot) => (
        <Face spot={spot} key={spot.near.user.id} />
      ))}
    </svg>
  );
}
