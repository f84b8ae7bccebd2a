/** A node and an edge of `GET /api/v1/graph`, as far as tests make them up. */
interface GraphNode {
  readonly id: number;
  readonly type: string;
  readonly service: { readonly environment: string; readonly namespace: string; readonly name: string };
  readonly calls: number;
  readonly errors: number;
  readonly durationMs: Readonly<Record<string, number>> | null;
}

export interface GraphBody {
  readonly from: string;
  readonly to: string;
  readonly completeTo: string;
  readonly behind: readonly never[];
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly { readonly from: number | null; readonly to: number; readonly [name: string]: unknown }[];
}

/** A graph of so many services in ten namespaces, stores and hosts: the same on every run. */
export function bigGraph(nodeCount: number, edgeCount: number): GraphBody {
  let state = 11;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const services = Math.floor(nodeCount * 0.8);
  const durationMs = (scale: number) => ({ p50: 3 * scale, p95: 9 * scale, p99: 16 * scale, max: 40 * scale });
  const nodes = Array.from({ length: nodeCount }, (_, id): GraphNode => {
    const isService = id < services;
    const type = isService ? 'service' : id % 3 === 0 ? 'external' : 'database';
    const name = isService ? `service-with-a-name-${id}` : `${type}-${id}.internal`;
    const namespace = isService ? `team-${id % 10}` : '';
    const calls = 1 + Math.floor(next() * 50_000);
    return {
      id,
      type,
      service: { environment: 'prod', namespace, name },
      calls,
      errors: next() < 0.1 ? Math.ceil(calls * 0.06) : 0,
      durationMs: durationMs(1 + next()),
    };
  });
  const pairs = new Map<string, readonly [number | null, number]>([['entry', [null, 0]]]);
  while (pairs.size < edgeCount) {
    const from = Math.floor(next() * services);
    const back = next() < 0.02;
    const to = back
      ? 1 + Math.floor(next() * (services - 1))
      : from + 1 + Math.floor(next() ** 2 * (nodeCount - from - 1));
    if (to < nodeCount && to !== from) pairs.set(`${from} ${to}`, [from, to]);
  }
  const edges = [...pairs.values()].map(([from, to]) => {
    const calls = 1 + Math.floor(next() * 20_000);
    const kind = from === null ? 'entry' : to >= services ? (nodes[to]?.type ?? 'rpc') : 'rpc';
    const errors = next() < 0.1 ? Math.ceil(calls * 0.03) : 0;
    return {
      from,
      to,
      kind,
      calls,
      errors,
      unpaired: 0,
      durationMs: durationMs(1 + next()),
      slowest: null,
      failed: null,
    };
  });
  const [from, to] = ['2026-11-23T09:00:00Z', '2026-11-23T10:00:00Z'];
  return { from, to, completeTo: to, behind: [], nodes, edges };
}

/** The graph of a window moved by a step: a few services, and their calls, are not in it. */
export function withoutSome(graph: GraphBody, every: number): GraphBody {
  const nodes = graph.nodes.filter(({ id }) => id === 0 || id % every !== 0);
  const there = new Set(nodes.map(({ id }) => id));
  const edges = graph.edges.filter(({ from, to }) => (from === null || there.has(from)) && there.has(to));
  return { ...graph, nodes, edges };
}

/** A shop that writes to a queue, from which a service reads that has a store. */
export function queueGraph(): GraphBody {
  const durationMs = { p50: 3, p95: 9, p99: 16, max: 40 };
  const figures = { calls: 1000, errors: 0, durationMs };
  const names = ['shop', 'billing', 'orders', 'bills'];
  const types = ['service', 'service', 'messaging', 'database'];
  const nodes = names.map((name, id) => ({
    id,
    type: types[id] ?? '',
    service: { environment: '', namespace: '', name },
    ...figures,
  }));
  const calls = [
    [null, 'shop', 'entry'],
    ['shop', 'orders', 'messaging'],
    ['orders', 'billing', 'messaging'],
    ['billing', 'bills', 'database'],
  ] as const;
  const edges = calls.map(([from, to, kind]) => ({
    from: from === null ? null : names.indexOf(from),
    to: names.indexOf(to),
    kind,
    ...figures,
    unpaired: 0,
    slowest: null,
    failed: null,
  }));
  const [from, to] = ['2026-11-23T09:00:00Z', '2026-11-23T10:00:00Z'];
  return { from, to, completeTo: to, behind: [], nodes, edges };
}
