import type { LayoutEdge, LayoutGraph } from './types.ts';

export interface Layers {
  /** The column of each node that has edges, counted from the left. */
  readonly layerOf: ReadonlyMap<string, number>;
  /** Edges that lead to the right, and, the other way round, those by which a queue hands on; the others close a cycle. */
  readonly forward: readonly LayoutEdge[];
  readonly count: number;
  /** Nodes that nobody calls and that call nobody, by key. */
  readonly loose: readonly string[];
}

/** Nobody follows calls through more columns than this: beyond, nodes stand by their distance from an entry. */
const maxLayers = 16;

/** Columns: callers to the left of what they call, entries first, stores and queues last. */
export function layersOf(graph: LayoutGraph): Layers {
  const all = graph.edges.filter(({ from, to }) => from !== to).toSorted((a, b) => compare(a.key, b.key));
  const queues = queuesOf(graph);
  const edges = pastQueues(all, queues);
  const linked = new Set(all.flatMap(({ from, to }) => [from, to]));
  const nodes = graph.nodes.toSorted((a, b) => compare(a.key, b.key));
  const keys = nodes.map(({ key }) => key).filter((key) => linked.has(key));
  const entries = nodes.filter(({ key, side }) => side === 'entry' && linked.has(key)).map(({ key }) => key);
  const called = new Set(edges.map(({ to }) => to));
  const roots = [...new Set([...entries, ...keys.filter((key) => !called.has(key)), ...keys])];
  const { forward, order } = withoutCycles(roots, edges);
  const longest = longestPaths(order, forward);
  const isShallow = Math.max(0, ...longest.values()) < maxLayers;
  const layerOf = isShallow ? longest : distances(keys, entries, edges);
  putCallersNear(layerOf, forward, new Set([...entries, ...called]));
  putStoresLast(graph, layerOf, edges);
  return {
    layerOf,
    forward: all
      .map((edge) => (queues.has(edge.from) ? { ...edge, from: edge.to, to: edge.from } : edge))
      .filter(({ from, to }) => (layerOf.get(from) ?? 0) < (layerOf.get(to) ?? 0)),
    count: Math.max(0, ...layerOf.values()) + 1,
    loose: nodes.map(({ key }) => key).filter((key) => !linked.has(key)),
  };
}

export function queuesOf({ nodes }: LayoutGraph): ReadonlySet<string> {
  return new Set(nodes.filter(({ side }) => side === 'queue').map(({ key }) => key));
}

/**
 * Edges by which columns are told: who sends to a queue stands left of who takes from it, and both left of the queue,
 * which leads nowhere.
 */
export function pastQueues(edges: readonly LayoutEdge[], queues: ReadonlySet<string>): readonly LayoutEdge[] {
  const handedOn = groupBy(edges, ({ from }) => from);
  return edges.flatMap((edge) => {
    if (queues.has(edge.from)) return [];
    const takers = queues.has(edge.to) ? (handedOn.get(edge.to) ?? []) : [];
    const passed = takers.map(({ key, to }) => ({ key: `${edge.key}\u0000${key}`, from: edge.from, to }));
    return [edge, ...passed.filter(({ from, to }) => from !== to)];
  });
}

/**
 * Leaves out the edges that close a cycle: those that a walk along the calls, entries first, finds to
 * lead back to where it came from. `order`: every edge that is left leads from an earlier to a later one.
 */
function withoutCycles(
  roots: readonly string[],
  edges: readonly LayoutEdge[],
): { readonly forward: readonly LayoutEdge[]; readonly order: readonly string[] } {
  const callees = groupBy(edges, ({ from }) => from);
  const onWay = new Set<string>();
  const done = new Set<string>();
  const finished: string[] = [];
  const backward = new Set<LayoutEdge>();
  // Not recursive: calls may be deeper than the stack.
  const walk: { readonly key: string; at: number }[] = [];
  const enter = (key: string) => {
    onWay.add(key);
    walk.push({ key, at: 0 });
  };
  for (const root of roots) {
    if (!done.has(root)) enter(root);
    for (let step = walk.at(-1); step !== undefined; step = walk.at(-1)) {
      const edge = callees.get(step.key)?.[step.at++];
      if (edge === undefined) {
        walk.pop();
        onWay.delete(step.key);
        done.add(step.key);
        finished.push(step.key);
      } else if (onWay.has(edge.to)) backward.add(edge);
      else if (!done.has(edge.to)) enter(edge.to);
    }
  }
  return { forward: edges.filter((edge) => !backward.has(edge)), order: finished.toReversed() };
}

/** Who is called by nobody, and is no entry, stands right before what it calls. */
function putCallersNear(
  layerOf: Map<string, number>,
  forward: readonly LayoutEdge[],
  placed: ReadonlySet<string>,
): void {
  for (const [key, calls] of groupBy(forward, ({ from }) => from)) {
    if (placed.has(key)) continue;
    const nearest = Math.min(...calls.map(({ to }) => layerOf.get(to) ?? 0));
    layerOf.set(key, Math.max(0, nearest - 1));
  }
}

/** Calls from an entry to each node, at the least. */
function distances(
  keys: readonly string[],
  entries: readonly string[],
  edges: readonly LayoutEdge[],
): Map<string, number> {
  const callees = groupBy(edges, ({ from }) => from);
  const called = new Set(edges.map(({ to }) => to));
  const distance = new Map<string, number>();
  const visit = (roots: readonly string[]) => {
    let front = roots.filter((key) => !distance.has(key));
    for (let depth = 0; front.length > 0; depth++) {
      for (const key of front) distance.set(key, depth);
      const next = new Set(front.flatMap((key) => (callees.get(key) ?? []).map(({ to }) => to)));
      front = [...next].filter((key) => !distance.has(key));
    }
  };
  visit([...new Set([...entries, ...keys.filter((key) => !called.has(key))])]);
  // What is left are cycles that nothing leads to.
  for (const key of keys) if (!distance.has(key)) visit([key]);
  return distance;
}

/** `keys` in an order in which every edge leads forward. */
function longestPaths(keys: readonly string[], forward: readonly LayoutEdge[]): Map<string, number> {
  const callees = groupBy(forward, ({ from }) => from);
  const layer = new Map(keys.map((key) => [key, 0]));
  for (const key of keys) {
    for (const { to } of callees.get(key) ?? []) {
      layer.set(to, Math.max(layer.get(to) ?? 0, (layer.get(key) ?? 0) + 1));
    }
  }
  return layer;
}

function putStoresLast(graph: LayoutGraph, layerOf: Map<string, number>, edges: readonly LayoutEdge[]): void {
  const calling = new Set(edges.map(({ from }) => from));
  const last = graph.nodes
    .filter(({ key, side }) => side === 'queue' || (side === 'store' && !calling.has(key)))
    .filter(({ key }) => layerOf.has(key))
    .map(({ key }) => key);
  const stores = new Set(last);
  const others = [...layerOf].filter(([key]) => !stores.has(key)).map(([, layer]) => layer);
  for (const key of last) layerOf.set(key, Math.max(-1, ...others) + 1);
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
