import { edgeKey, type MapEdge, type MapGraph, type MapNode, outsideKey } from './graph.ts';

/** More nodes than this are folded: nobody reads a map of more. */
export const maxNodes = 60;

/** Which group a node is folded into; a node that is in none stands for itself. */
export interface FoldPlan {
  readonly groupOf: (node: MapNode) => string | null;
}

const restKey = 'rest:';
const storeKeys = { external: 'hosts:', database: 'databases:', messaging: 'queues:' } as const;

/**
 * Folds a graph of more than {@link maxNodes}: hosts into one node, databases and queues too, services by namespace, and if
 * that is not enough, those with the fewest calls into one. `unfolded` holds the keys of groups
 * whose members are shown.
 */
export function foldPlan(graph: MapGraph, unfolded: ReadonlySet<string>): FoldPlan {
  const none: FoldPlan = { groupOf: () => null };
  if (graph.nodes.length <= maxNodes || unfolded.has('all')) return none;
  const sizes = new Map<string, number>();
  for (const node of graph.nodes) {
    const group = naturalGroup(node);
    if (group !== null) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  }
  const folded = (node: MapNode): string | null => {
    const group = naturalGroup(node);
    return group === null || unfolded.has(group) || (sizes.get(group) ?? 0) < 2 ? null : group;
  };
  const shown = new Set(graph.nodes.map((node) => folded(node) ?? node.key));
  if (shown.size <= maxNodes || unfolded.size > 0) return { groupOf: folded };
  const single = graph.nodes.filter((node) => folded(node) === null && node.key !== outsideKey);
  const groups = shown.size - single.length;
  const busiest = new Set(
    single
      .toSorted((a, b) => b.calls - a.calls || (a.key < b.key ? -1 : 1))
      .slice(0, Math.max(0, maxNodes - groups - 1))
      .map(({ key }) => key),
  );
  const rest = new Set(single.map(({ key }) => key).filter((key) => !busiest.has(key)));
  return { groupOf: (node) => folded(node) ?? (rest.has(node.key) ? restKey : null) };
}

function naturalGroup({ type, service }: MapNode): string | null {
  if (service === null) return null;
  if (type === 'external' || type === 'database' || type === 'messaging') return storeKeys[type];
  if (type !== 'service' || service.namespace === '') return null;
  return `namespace:${service.environment}/${service.namespace.replaceAll(',', '%2C')}`;
}

/** The graph with the nodes of each group as one; of calls inside a group nothing is left. */
export function fold(graph: MapGraph, { groupOf }: FoldPlan): MapGraph {
  const groups = new Map<string, MapNode[]>();
  const shownAs = new Map<string, string>();
  const nodes: MapNode[] = [];
  for (const node of graph.nodes) {
    const group = groupOf(node);
    shownAs.set(node.key, group ?? node.key);
    if (group === null) nodes.push(node);
    else groups.set(group, [...(groups.get(group) ?? []), node]);
  }
  if (groups.size === 0) return graph;
  const edges = new Map<string, MapEdge>();
  for (const edge of graph.edges) {
    const [from, to] = [shownAs.get(edge.from) ?? edge.from, shownAs.get(edge.to) ?? edge.to];
    if (from === to && groups.has(from)) continue;
    const key = edgeKey(from, to, edge.kind);
    const known = edges.get(key);
    edges.set(key, known === undefined ? { ...edge, key, from, to } : addEdge(known, edge));
  }
  const into = [...edges.values()];
  return { nodes: [...nodes, ...[...groups].map(([key, members]) => groupNode(key, members, into))], edges: into };
}

function groupNode(key: string, members: readonly MapNode[], edges: readonly MapEdge[]): MapNode {
  // What came from elsewhere: calls among its members are no calls to it.
  const asked = edges.filter(({ to }) => to === key);
  return {
    key,
    type: typeOf(key),
    service: null,
    environment: '',
    members,
    calls: asked.reduce((sum, { calls }) => sum + calls, 0),
    errors: asked.reduce((sum, { errors }) => sum + errors, 0),
    durationMs: asked.reduce<MapNode['durationMs']>((most, { durationMs }) => highest(most, durationMs), null),
  };
}

function typeOf(key: string): MapNode['type'] {
  if (key === restKey) return 'rest';
  if (key === storeKeys.external) return 'hosts';
  if (key === storeKeys.database) return 'databases';
  return key === storeKeys.messaging ? 'queues' : 'namespace';
}

function addEdge(a: MapEdge, b: MapEdge): MapEdge {
  const slowest = (a.slowest?.durationMs ?? -1) >= (b.slowest?.durationMs ?? -1) ? a.slowest : b.slowest;
  return {
    ...a,
    calls: a.calls + b.calls,
    errors: a.errors + b.errors,
    unpaired: a.unpaired + b.unpaired,
    durationMs: highest(a.durationMs, b.durationMs),
    slowest,
    failed: a.failed ?? b.failed,
    edges: a.edges + b.edges,
  };
}

function highest(a: MapNode['durationMs'], b: MapNode['durationMs']): MapNode['durationMs'] {
  if (a === null || b === null) return a ?? b;
  return Object.fromEntries(
    [...new Set([...Object.keys(a), ...Object.keys(b)])].map((name) => [name, Math.max(a[name] ?? 0, b[name] ?? 0)]),
  );
}
