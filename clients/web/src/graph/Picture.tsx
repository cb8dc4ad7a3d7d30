/** The picture itself: lines for who follows whom, faces to walk to. */
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { Dog } from "../parts/Avatar";
import { isNarrow, shortName } from "./names";
import type { Edge, Node, Picture as Drawn } from "./ring";

const SIZES = [38, 27, 19] as const;
const REACH = isNarrow ? [270, 360] : [275, 430]; // from the middle to the edge, for one step and for two

function Line({ edge, at, lit }: { edge: Edge; at: Map<string, Node>; lit: string }) {
  const a = at.get(edge.from)!;
  const b = at.get(edge.to)!;
  const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  const [dx, dy] = [(b.x - a.x) / length, (b.y - a.y) / length];
  const [from, to] = [SIZES[a.ring] + 2, SIZES[b.ring] + 5];
  const isLit = edge.from === lit || edge.to === lit;
  return (
    <line
      class={isLit ? "edge edge-lit" : a.ring && b.ring ? "edge edge-far" : "edge"}
      x1={a.x + dx * from}
      y1={a.y + dy * from}
      x2={b.x - dx * to}
      y2={b.y - dy * to}
      marker-end={isLit ? "url(#arrow-lit)" : "url(#arrow)"}
    />
  );
}

function words(node: Node, edges: Edge[], centre: Node): string {
  if (node === centre) return `@${node.user.handle}, in the middle: open the profile`;
  const follows = edges.some((edge) => edge.from === node.user.id && edge.to === centre.user.id);
  const followed = edges.some((edge) => edge.from === centre.user.id && edge.to === node.user.id);
  const how = [follows ? "follows them" : "", followed ? "followed by them" : ""].filter(Boolean).join(", ");
  return `@${node.user.handle}${how ? `, ${how}` : ", two steps away"}: walk there`;
}

function Face({ node, label, light }: { node: Node; label: string; light: (id: string) => void }) {
  const { user, ring, x, y } = node;
  const size = SIZES[ring];
  const to = ring === 0 ? `/@${user.handle}` : `/@${user.handle}/graph`;
  return (
    <a
      href={to}
      class={`node node-${ring}`}
      aria-label={label}
      data-node
      onFocus={() => light(user.id)}
      onMouseEnter={() => light(user.id)}
      onBlur={() => light("")}
      onMouseLeave={() => light("")}
    >
      <svg x={x - size} y={y - size} width={2 * size} height={2 * size} viewBox="0 0 64 64">
        <g clip-path="url(#round)">
          <Dog id={user.id} />
        </g>
      </svg>
      <circle class="node-rim" cx={x} cy={y} r={size} />
      <text class="node-name" x={x} y={y + size + 15} text-anchor="middle">
        {shortName(user)}
      </text>
    </a>
  );
}

function Marker({ id }: { id: string }) {
  return (
    <marker id={id} class={id} viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto">
      <path d="M0 0l8 4-8 4z" />
    </marker>
  );
}

/** Arrow keys go around, as one would look around; Enter walks. */
function step(event: KeyboardEvent, svg: SVGSVGElement | null): void {
  const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!by || !svg) return;
  const nodes = [...svg.querySelectorAll<SVGAElement>("[data-node]")];
  const at = nodes.indexOf(document.activeElement as unknown as SVGAElement);
  nodes[(at + by + nodes.length) % nodes.length]?.focus();
  event.preventDefault();
}

export function Picture({ drawn }: { drawn: Drawn }) {
  const lit = useSignal("");
  const svg = useRef<SVGSVGElement>(null);
  const at = new Map(drawn.nodes.map((node) => [node.user.id, node]));
  const centre = drawn.nodes[0]!;
  const reach = REACH[drawn.nodes.some((node) => node.ring === 2) ? 1 : 0]!;
  return (
    <svg
      ref={svg}
      class="graph"
      viewBox={`${-reach} ${-reach} ${2 * reach} ${2 * reach}`}
      role="group"
      aria-label={`Who is around @${centre.user.handle}`}
      onKeyDown={(event) => step(event, svg.current)}
    >
      <defs>
        <clipPath id="round">
          <circle cx="32" cy="32" r="32" />
        </clipPath>
        <Marker id="arrow" />
        <Marker id="arrow-lit" />
      </defs>
      {drawn.edges.map((edge) => (
        <Line edge={edge} at={at} lit={lit.value} key={`${edge.from}>${edge.to}`} />
      ))}
      {drawn.nodes.map((node) => (
        <Face
          node={node}
          key={node.user.id}
          label={words(node, drawn.edges, centre)}
          light={(id) => (lit.value = id)}
        />
      ))}
    </svg>
  );
}
