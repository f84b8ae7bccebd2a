import { describe, expect, test } from 'vitest';

import { farthestMove, layoutOf, maxMovePx } from './layout.ts';
import { type LayoutGraph, type LayoutNode, nodeHeight, nodeWidth } from './types.ts';

/** Numbers in [0, 1), the same on every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Services that call each other mostly downwards, with cycles, and stores that they call. */
function makeGraph(nodeCount: number, edgeCount: number, seed = 1): LayoutGraph {
  const next = random(seed);
  const nodes: LayoutNode[] = Array.from({ length: nodeCount }, (_, at) => ({
    key: `n${String(at).padStart(3, '0')}`,
    side: at === 0 ? 'entry' : at > nodeCount * 0.85 ? 'store' : 'service',
  }));
  const edges = new Map<string, LayoutGraph['edges'][number]>();
  const services = Math.floor(nodeCount * 0.85);
  while (edges.size < edgeCount) {
    const from = Math.floor(next() * services);
    const back = next() < 0.03;
    const to = back
      ? 1 + Math.floor(next() * (services - 1))
      : from + 1 + Math.floor(next() ** 2 * (nodeCount - from - 1));
    const key = `n${String(from).padStart(3, '0')}>n${String(to).padStart(3, '0')}`;
    if (to < nodeCount && from !== to) {
      edges.set(key, { key, from: key.slice(0, 4), to: key.slice(5) });
    }
  }
  return { nodes, edges: [...edges.values()] };
}

const chain: LayoutGraph = {
  nodes: [
    { key: 'outside', side: 'entry' },
    { key: 'web', side: 'service' },
    { key: 'cart', side: 'service' },
    { key: 'stock', side: 'service' },
    { key: 'db', side: 'store' },
    { key: 'cache', side: 'store' },
    { key: 'cron', side: 'service' },
  ],
  edges: [
    ['outside', 'web'],
    ['web', 'cart'],
    ['web', 'stock'],
    ['cart', 'stock'],
    ['stock', 'db'],
    ['web', 'cache'],
    ['stock', 'web'],
  ].map(([from = '', to = '']) => ({ key: `${from}>${to}`, from, to })),
};

/** A queue that a service sends to and two take from, one of which sends to another queue. */
const queued: LayoutGraph = {
  nodes: [
    { key: 'outside', side: 'entry' },
    { key: 'web', side: 'service' },
    { key: 'orders', side: 'queue' },
    { key: 'billing', side: 'service' },
    { key: 'audit', side: 'service' },
    { key: 'bills', side: 'store' },
    { key: 'mails', side: 'queue' },
    { key: 'mail', side: 'service' },
  ],
  edges: [
    ['outside', 'web'],
    ['web', 'orders'],
    ['orders', 'billing'],
    ['orders', 'audit'],
    ['billing', 'bills'],
    ['billing', 'mails'],
    ['mails', 'mail'],
  ].map(([from = '', to = '']) => ({ key: `${from}>${to}`, from, to })),
};

describe('the layout of the service map', () => {
  test('puts entries left, callers left of what they call, and stores in the last column', () => {
    const x = new Map(layoutOf(chain, null).nodes.map(({ key, x }) => [key, x]));
    const at = (key: string) => x.get(key) ?? Number.NaN;
    expect(at('outside')).toBe(Math.min(...x.values()));
    expect(at('web')).toBeLessThan(at('cart'));
    expect(at('cart')).toBeLessThan(at('stock'));
    expect(at('db')).toBeGreaterThan(at('stock'));
    expect(at('cache')).toBe(at('db'));
  });

  test('puts queues beside the stores, and who takes from one right of who sends to it', () => {
    const { nodes, edges } = layoutOf(queued, null);
    const layer = new Map(nodes.map(({ key, layer }) => [key, layer]));
    expect(Object.fromEntries(layer)).toEqual({
      outside: 0,
      web: 1,
      billing: 2,
      audit: 2,
      mail: 3,
      bills: 4,
      orders: 4,
      mails: 4,
    });
    // What leads back goes around the columns between, too.
    expect(edges.find(({ key }) => key === 'orders>billing')?.via).toHaveLength(1);
  });

  test('puts who newly takes from a queue left of it, where everything else stays', () => {
    const before = layoutOf(makeGraph(60, 140), null);
    const graph = makeGraph(60, 140);
    const [queue, taker] = ['n059', 'new'];
    const nodes = graph.nodes.map((node) => (node.key === queue ? ({ key: queue, side: 'queue' } as const) : node));
    const now = layoutOf(
      {
        nodes: [...nodes, { key: taker, side: 'service' }],
        edges: [...graph.edges, { key: 'n059>new', from: queue, to: taker }],
      },
      before,
    );
    const x = new Map(now.nodes.map(({ key, x }) => [key, x]));
    expect(x.get(taker)).toBeLessThan(x.get(queue) ?? 0);
    expect(now.edges.map(({ key }) => key)).toContain('n059>new');
  });

  test('shows what has no calls, below the rest', () => {
    const { nodes } = layoutOf(chain, null);
    const others = nodes.filter(({ key }) => key !== 'cron').map(({ y }) => y);
    expect(nodes.find(({ key }) => key === 'cron')?.y).toBeGreaterThan(Math.max(...others));
  });

  test('gives the same data the same coordinates, in whatever order it came', () => {
    const graph = makeGraph(80, 200);
    const shuffled = { nodes: graph.nodes.toReversed(), edges: graph.edges.toReversed() };
    const byKey = (graph: LayoutGraph) => layoutOf(graph, null).nodes.toSorted((a, b) => (a.key < b.key ? -1 : 1));
    expect(byKey(shuffled)).toEqual(byKey(graph));
  });

  test('lets no two nodes overlap, also when new ones come to a layout that was there', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const graph = makeGraph(120, 320, seed);
      const first = layoutOf(without(graph, seed), null);
      for (const layout of [first, layoutOf(graph, first), layoutOf(graph, null)]) {
        expect(overlaps(layout.nodes)).toEqual([]);
      }
    }
  });

  test(`moves what stays by at most ${maxMovePx} px when the window moves by a step`, () => {
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const graph = makeGraph(60, 140, seed);
      let previous = layoutOf(graph, null);
      for (let step = 1; step < 6; step++) {
        const now = layoutOf(without(graph, seed * 10 + step), previous);
        expect(farthestMove(now, previous)).toBeLessThanOrEqual(maxMovePx);
        previous = now;
      }
    }
  });

  test('takes well below 1.5 s for 300 nodes and 1,000 edges', () => {
    const graph = makeGraph(300, 1000);
    const startedMs = performance.now();
    const { nodes } = layoutOf(graph, null);
    expect(performance.now() - startedMs).toBeLessThan(1500);
    expect(nodes).toHaveLength(300);
    expect(overlaps(nodes)).toEqual([]);
  });

  test('of nothing is nothing', () => {
    expect(layoutOf({ nodes: [], edges: [] }, null)).toEqual({ nodes: [], edges: [] });
  });
});

/** The graph of another window: some nodes and edges are not in it. */
function without(graph: LayoutGraph, seed: number): LayoutGraph {
  const next = random(seed);
  const nodes = graph.nodes.filter(() => next() > 0.08);
  const there = new Set(nodes.map(({ key }) => key));
  return {
    nodes,
    edges: graph.edges.filter(({ from, to }) => there.has(from) && there.has(to) && next() > 0.05),
  };
}

function overlaps(nodes: readonly { readonly key: string; readonly x: number; readonly y: number }[]): string[] {
  return nodes.flatMap((a, at) =>
    nodes
      .slice(at + 1)
      .filter((b) => Math.abs(a.x - b.x) < nodeWidth && Math.abs(a.y - b.y) < nodeHeight)
      .map((b) => `${a.key} and ${b.key}`),
  );
}
