import { heightsOf } from './heights.ts';
import { compare, groupBy, layersOf, type Layers, pastQueues, queuesOf } from './layers.ts';
import { laneKey, ordered } from './order.ts';
import { columnPitch, type Layout, type LayoutGraph, nodeWidth, type Place, type Route, rowPitch } from './types.ts';

/** How far a node may move when the window moves by a step, in px: beyond, the eye loses it. */
export const maxMovePx = 40;

/**
 * Where everything stands. The same graph gives the same layout; with a previous one, nodes that
 * stay move at most {@link maxMovePx}: where the layout of the graph alone would move one further,
 * all stay, and what is new takes free places.
 */
export function layoutOf(graph: LayoutGraph, previous: Layout | null): Layout {
  const fresh = freshLayout(graph);
  if (previous === null || farthestMove(fresh, previous) <= maxMovePx) return fresh;
  return keptLayout(graph, fresh, previous);
}

/** The farthest that a node which is in both moves, in px. */
export function farthestMove(now: Layout, previous: Layout): number {
  const before = new Map(previous.nodes.map((place) => [place.key, place]));
  let farthest = 0;
  for (const { key, x, y } of now.nodes) {
    const old = before.get(key);
    if (old !== undefined) farthest = Math.max(farthest, Math.hypot(x - old.x, y - old.y));
  }
  return farthest;
}

function freshLayout(graph: LayoutGraph): Layout {
  const layers = layersOf(graph);
  const columns = ordered(layers);
  const y = heightsOf(columns);
  const middleOf = (key: string): number => {
    const item = columns.byKey.get(key);
    return item === undefined ? 0 : (y.get(item) ?? 0);
  };
  const places = [...layers.layerOf].map(([key, layer]) => ({ key, layer, x: xOf(layer), y: middleOf(key) }));
  const bottom = Math.max(0, ...[...y].map(([item, middle]) => middle + item.height / 2));
  return {
    nodes: [...places, ...loosePlaces(layers, bottom)],
    edges: layers.forward.map(({ key, from, to }) => ({ key, via: viaOf(layers, from, to, middleOf) })),
  };
}

function xOf(layer: number): number {
  return layer * columnPitch + nodeWidth / 2;
}

function viaOf({ layerOf }: Layers, from: string, to: string, middleOf: (key: string) => number): Route['via'] {
  const first = (layerOf.get(from) ?? 0) + 1;
  const passed = Math.max(0, (layerOf.get(to) ?? 0) - first);
  return Array.from({ length: passed }, (_, at) => ({
    x: xOf(first + at),
    y: middleOf(laneKey(to, first + at)),
  }));
}

/** Services without calls: in rows below all others. */
function loosePlaces({ loose, layerOf, count }: Layers, bottom: number): Place[] {
  const perRow = Math.max(count, Math.ceil(Math.sqrt(loose.length)), 1);
  const top = layerOf.size === 0 ? 0 : bottom + rowPitch / 2;
  return loose.map((key, at) => ({
    key,
    layer: at % perRow,
    x: xOf(at % perRow),
    y: top + Math.floor(at / perRow) * rowPitch + rowPitch / 2,
  }));
}

/** All that stays where it was; what is new as near as possible to what it is joined to. */
function keptLayout(graph: LayoutGraph, fresh: Layout, previous: Layout): Layout {
  const there = new Set(graph.nodes.map(({ key }) => key));
  const places = new Map(previous.nodes.filter(({ key }) => there.has(key)).map((place) => [place.key, place]));
  const lanes = previous.edges.flatMap(({ via }) => via);
  const taken = new Map<number, number[]>();
  const take = (layer: number, y: number) => taken.set(layer, [...(taken.get(layer) ?? []), y]);
  for (const { layer, y } of places.values()) take(layer, y);
  const edges = pastQueues(graph.edges, queuesOf(graph));
  const callers = groupBy(edges, ({ to }) => to);
  const callees = groupBy(edges, ({ from }) => from);
  const added = fresh.nodes.filter(({ key }) => !places.has(key));
  for (const { key, layer: freshLayer, y: freshY } of added.toSorted(
    (a, b) => a.layer - b.layer || compare(a.key, b.key),
  )) {
    const known = (keys: readonly (string | undefined)[]) =>
      keys.flatMap((other) => (other === undefined ? [] : (places.get(other) ?? [])));
    const before = known((callers.get(key) ?? []).map(({ from }) => from));
    const after = known((callees.get(key) ?? []).map(({ to }) => to));
    const layer = newLayer(freshLayer, before, after);
    const near = [...before, ...after];
    const wanted = near.length === 0 ? freshY : near.reduce((sum, { y }) => sum + y, 0) / near.length;
    const passing = lanes.filter(({ x }) => x === xOf(layer)).map(({ y }) => y);
    const y = freePlace(wanted, taken.get(layer) ?? [], passing);
    places.set(key, { key, layer, x: xOf(layer), y });
    take(layer, y);
  }
  const routes = new Map(previous.edges.map((route) => [route.key, route]));
  const straight = new Set(fresh.edges.map(({ key }) => key));
  return {
    nodes: [...places.values()],
    edges: graph.edges.flatMap(({ key }) => routes.get(key) ?? (straight.has(key) ? [{ key, via: [] }] : [])),
  };
}

function newLayer(fresh: number, before: readonly Place[], after: readonly Place[]): number {
  if (before.length > 0) return Math.max(...before.map(({ layer }) => layer)) + 1;
  if (after.length > 0) return Math.max(0, Math.min(...after.map(({ layer }) => layer)) - 1);
  return fresh;
}

/** The free middle nearest to `wanted`: clear of the nodes of the column, and of its lanes if that costs little. */
function freePlace(wanted: number, taken: readonly number[], lanes: readonly number[]): number {
  const clear = (y: number) => taken.every((other) => Math.abs(other - y) >= rowPitch);
  const away = (y: number) => lanes.every((lane) => Math.abs(lane - y) > rowPitch / 2);
  const step = rowPitch / 4;
  let fallback: number | null = null;
  for (let distance = 0; ; distance += step) {
    for (const y of [Math.round(wanted + distance), Math.round(wanted - distance)]) {
      if (!clear(y)) continue;
      if (away(y)) return y;
      fallback ??= y;
    }
    if (fallback !== null && distance > 4 * rowPitch) return fallback;
  }
}
