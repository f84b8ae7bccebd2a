import { nodeHeight, nodeWidth, type Place, type Point, type Route } from '../layout/types.ts';

/** A line of an edge, as SVG draws it, and points along it where a label can stand. */
export interface Line {
  readonly d: string;
  readonly points: readonly Point[];
}

export interface LineEnds {
  readonly from: Place;
  readonly to: Place;
  /** Where on the sides of the nodes it begins and ends, in px from their middles. */
  readonly fromPort: number;
  readonly toPort: number;
  readonly via: Route['via'];
  /** It is drawn from `to`, on the right, to `from`. */
  readonly leadsBack: boolean;
}

/** Lines end before the node, where the heads of their arrows begin. */
export const headLength = 10;

/** How far from the middle of a node's side lines may begin. */
const portSpan = nodeHeight / 2 - 8;

/** Spreads the lines of a side by where they lead, so that two between the same nodes are told apart. */
export function ports<T>(lines: readonly T[], yOf: (line: T) => number): Map<T, number> {
  const sorted = lines.toSorted((a, b) => yOf(a) - yOf(b));
  const step = Math.min(8, (2 * portSpan) / Math.max(1, sorted.length - 1));
  return new Map(sorted.map((line, at) => [line, (at - (sorted.length - 1) / 2) * step]));
}

export function lineOf(ends: LineEnds): Line {
  const { from, to } = ends;
  if (from.key === to.key) return loop(from);
  return to.x > from.x ? between(ends) : backward(from, to);
}

/** From the right of one node to the left of the other; or, where it leads back, the other way. */
function between({ from, to, fromPort, toPort, via, leadsBack }: LineEnds): Line {
  const half = nodeWidth / 2;
  const [left, right] = [point(from.x + half, from.y + fromPort), point(to.x - half, to.y + toPort)];
  if (leadsBack) left.x += headLength;
  else right.x -= headLength;
  const rightwards = [
    left,
    ...via.filter(({ x }) => x > from.x && x < to.x).flatMap(({ x, y }) => [point(x - half, y), point(x + half, y)]),
    right,
  ];
  const stops = leadsBack ? rightwards.toReversed() : rightwards;
  const points: Point[] = [];
  let d = `M${text(stops[0])}`;
  for (let at = 0; at + 1 < stops.length; at++) {
    const [a, b] = [stops[at] ?? point(0, 0), stops[at + 1] ?? point(0, 0)];
    // Every other piece passes a column, straight.
    if (at % 2 === 1) {
      d += `L${text(b)}`;
      continue;
    }
    const bend = Math.max(24, Math.abs(b.x - a.x) / 2) * (leadsBack ? -1 : 1);
    const [one, two] = [point(a.x + bend, a.y), point(b.x - bend, b.y)];
    d += `C${text(one)} ${text(two)} ${text(b)}`;
    for (const t of [0.5, 0.35, 0.65, 0.25, 0.75]) points.push(cubic(a, one, two, b, t));
  }
  return { d, points };
}

/** What closes a cycle leaves below and comes back from below. */
function backward(from: Place, to: Place): Line {
  const half = nodeHeight / 2;
  const [a, b] = [point(from.x + 20, from.y + half), point(to.x + 20, to.y + half + headLength)];
  const dip = Math.min(90, 34 + Math.abs(from.x - to.x) / 12);
  const [one, two] = [point(a.x, a.y + dip), point(b.x, b.y + dip)];
  return {
    d: `M${text(a)}C${text(one)} ${text(two)} ${text(b)}`,
    points: [0.5, 0.4, 0.6, 0.3, 0.7].map((t) => cubic(a, one, two, b, t)),
  };
}

function loop({ x, y }: Place): Line {
  const [left, top] = [x + nodeWidth / 2 - 34, y - nodeHeight / 2];
  return {
    d: `M${left},${top}C${left},${top - 30} ${left + 24},${top - 30} ${left + 24},${top - headLength}`,
    points: [point(left + 12, top - 26)],
  };
}

function point(x: number, y: number): { x: number; y: number } {
  return { x, y };
}

function text({ x, y }: Point = { x: 0, y: 0 }): string {
  return `${Math.round(x * 10) / 10},${Math.round(y * 10) / 10}`;
}

function cubic(a: Point, one: Point, two: Point, b: Point, t: number): Point {
  const s = 1 - t;
  const mix = (from: number, near: number, far: number, to: number) =>
    s ** 3 * from + 3 * s ** 2 * t * near + 3 * s * t ** 2 * far + t ** 3 * to;
  return point(mix(a.x, one.x, two.x, b.x), mix(a.y, one.y, two.y, b.y));
}
