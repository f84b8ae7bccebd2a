import type { Health } from '../graph/health.ts';
import type { MapEdge, MapNode } from '../graph/graph.ts';
import { groupBy } from '../layout/layers.ts';
import { type Layout, nodeHeight, nodeWidth, type Place } from '../layout/types.ts';
import { type Line, lineOf, ports } from './geometry.ts';
import type { Bounds } from './viewport.ts';

/** A node with all that is said of it where it is drawn. */
export interface ShownNode {
  readonly node: MapNode;
  readonly name: string;
  readonly figures: string;
  readonly health: Health;
  /** The whole of it, for those who do not see it. */
  readonly label: string;
}

export interface ShownEdge {
  readonly edge: MapEdge;
  /** px. */
  readonly width: number;
  readonly health: Health;
  readonly label: string;
  /** What stands on the line; empty for nothing. */
  readonly text: string;
}

export interface Shown {
  readonly nodes: readonly ShownNode[];
  readonly edges: readonly ShownEdge[];
}

export interface Drawing {
  readonly places: ReadonlyMap<string, Place>;
  readonly lines: ReadonlyMap<string, Line>;
  readonly bounds: Bounds;
}

/** Lines between the places of a layout, for the edges whose both ends have one. */
export function drawingOf(edges: readonly MapEdge[], layout: Layout): Drawing {
  const places = new Map(layout.nodes.map((place) => [place.key, place]));
  const routes = new Map(layout.edges.map(({ key, via }) => [key, via]));
  const drawn = edges.flatMap(({ key, from, to }) => {
    const ends = { from: places.get(from), to: places.get(to) };
    if (ends.from === undefined || ends.to === undefined) return [];
    const drawn = { key, from: ends.from, to: ends.to, via: routes.get(key) ?? [], leadsBack: false };
    // What a queue hands on goes the way of a line to the queue, from its end to its beginning.
    const isHandedOn = drawn.from.x > drawn.to.x && routes.has(key);
    return [isHandedOn ? { ...drawn, from: drawn.to, to: drawn.from, leadsBack: true } : drawn];
  });
  const fromPorts = portsBy(
    drawn,
    ({ from }) => from.key,
    ({ via, to }) => via[0]?.y ?? to.y,
  );
  const toPorts = portsBy(
    drawn,
    ({ to }) => to.key,
    ({ via, from }) => via.at(-1)?.y ?? from.y,
  );
  const lines = new Map(
    drawn.map((edge) => [
      edge.key,
      lineOf({ ...edge, fromPort: fromPorts.get(edge) ?? 0, toPort: toPorts.get(edge) ?? 0 }),
    ]),
  );
  return { places, lines, bounds: boundsOf(layout) };
}

interface Drawn {
  readonly from: Place;
  readonly to: Place;
  readonly via: readonly { readonly y: number }[];
}

/** Only of lines to the right: what closes a cycle has a side of its own. */
function portsBy<Edge extends Drawn>(
  edges: readonly Edge[],
  keyOf: (edge: Edge) => string,
  yOf: (edge: Edge) => number,
): Map<Edge, number> {
  const sides = groupBy(
    edges.filter(({ from, to }) => from.x < to.x),
    keyOf,
  );
  return new Map([...sides.values()].flatMap((side) => [...ports(side, yOf)]));
}

function boundsOf({ nodes, edges }: Layout): Bounds {
  const ys = [...nodes.map(({ y }) => y), ...edges.flatMap(({ via }) => via.map(({ y }) => y))];
  return {
    width: Math.max(0, ...nodes.map(({ x }) => x)) + nodeWidth / 2,
    height: Math.max(0, ...ys) + nodeHeight,
  };
}
