import { describe, expect, test } from 'vitest';

import { fold, foldPlan, maxNodes } from './fold.ts';
import { edgeKey, type MapEdge, type MapGraph, type MapNode, neighbourhood, outsideKey } from './graph.ts';
import { healthOf, strokeWidth } from './health.ts';

function node(name: string, namespace = '', type: MapNode['type'] = 'service', calls = 10): MapNode {
  const service = { environment: '', namespace, name };
  return {
    key: `/${namespace}/${name}`,
    type,
    service,
    environment: '',
    members: [],
    calls,
    errors: 0,
    durationMs: { p95: calls },
  };
}

function edge(from: MapNode, to: MapNode, calls = 10): MapEdge {
  const figures = { calls, errors: 1, unpaired: 0, durationMs: { p95: calls }, slowest: null, failed: null };
  return {
    ...figures,
    key: edgeKey(from.key, to.key, 'rpc'),
    from: from.key,
    to: to.key,
    kind: 'rpc',
    edges: 1,
  };
}

describe('a map of more than 60 nodes', () => {
  const shop = Array.from({ length: 40 }, (_, at) => node(`shop${at}`, 'shop'));
  const bank = Array.from({ length: 30 }, (_, at) => node(`bank${at}`, 'bank'));
  const hosts = Array.from({ length: 12 }, (_, at) => node(`host${at}`, '', 'external'));
  const first = (nodes: readonly MapNode[]) => nodes[0] ?? node('none');
  const graph: MapGraph = {
    nodes: [...shop, ...bank, ...hosts],
    edges: [
      edge(first(shop), first(bank), 5),
      edge(shop[1] ?? first(shop), first(bank), 7),
      edge(first(shop), shop[1] ?? first(shop)),
      ...hosts.map((host) => edge(first(bank), host)),
    ],
  };

  test('is folded by namespace, and hosts into one', () => {
    const folded = fold(graph, foldPlan(graph, new Set()));
    expect(folded.nodes.map(({ type, members }) => `${type} ${members.length}`).toSorted()).toEqual([
      'hosts 12',
      'namespace 30',
      'namespace 40',
    ]);
    const between = folded.edges.find(({ to }) => to === 'namespace:/bank');
    expect(between).toMatchObject({ from: 'namespace:/shop', calls: 12, errors: 2, edges: 2, durationMs: { p95: 7 } });
    expect(folded.edges).toHaveLength(2);
  });

  test('shows the members of a group that is unfolded', () => {
    const folded = fold(graph, foldPlan(graph, new Set(['namespace:/bank'])));
    expect(folded.nodes.filter(({ service }) => service?.namespace === 'bank')).toHaveLength(30);
    expect(folded.nodes).toHaveLength(32);
    expect(fold(graph, foldPlan(graph, new Set(['all']))).nodes).toHaveLength(82);
  });

  test('folds databases and queues, each to their kind', () => {
    const stores = [
      ...Array.from({ length: 5 }, (_, at) => node(`pg${at}`, '', 'database')),
      ...Array.from({ length: 3 }, (_, at) => node(`mq${at}`, '', 'messaging')),
    ];
    const more = { nodes: [...graph.nodes, ...stores], edges: graph.edges };
    const types = fold(more, foldPlan(more, new Set())).nodes.map(({ type, members }) => `${type} ${members.length}`);
    expect(types).toEqual(expect.arrayContaining(['databases 5', 'queues 3', 'hosts 12']));
  });

  test('without namespaces keeps the busiest', () => {
    const many = { nodes: Array.from({ length: 300 }, (_, at) => node(`s${at}`, '', 'service', at)), edges: [] };
    const folded = fold(many, foldPlan(many, new Set()));
    expect(folded.nodes).toHaveLength(maxNodes);
    expect(folded.nodes.find(({ type }) => type === 'rest')?.members).toHaveLength(241);
    expect(folded.nodes.some(({ key }) => key === '//s299')).toBe(true);
  });
});

test('a neighbourhood ends after its hops, and at what is outside', () => {
  const [a, b, c, d] = [node('a'), node('b'), node('c'), node('d')];
  const outside = { ...node('x'), key: outsideKey, type: 'outside' as const };
  const graph = {
    nodes: [outside, a, b, c, d],
    edges: [edge(outside, a), edge(outside, d), edge(a, b), edge(b, c)],
  };
  const keys = (around: MapNode, hops: number) => neighbourhood(graph, around.key, hops).nodes.map(({ key }) => key);
  expect(keys(a, 1)).toEqual([outsideKey, a.key, b.key]);
  expect(keys(a, 2)).toEqual([outsideKey, a.key, b.key, c.key]);
  expect(keys(b, 1)).toEqual([a.key, b.key, c.key]);
});

describe('health', () => {
  const figures = (calls: number, errors: number, p95: number) => ({ calls, errors, durationMs: { p95 } });

  test('by errors says the rate from 1 % on', () => {
    expect(healthOf('errors', figures(1000, 9, 1), undefined)).toEqual({ level: 'usual', text: '' });
    expect(healthOf('errors', figures(1000, 20, 1), undefined)).toEqual({ level: 'worse', text: '2.00 %' });
    expect(healthOf('errors', figures(1000, 200, 1), undefined).level).toBe('bad');
  });

  test('by duration compares p95 with the baseline, where there were calls enough', () => {
    expect(healthOf('duration', figures(100, 0, 25), figures(100, 0, 10))).toEqual({ level: 'bad', text: '×2.5' });
    expect(healthOf('duration', figures(100, 0, 5), figures(100, 0, 10)).level).toBe('better');
    expect(healthOf('duration', figures(5, 0, 25), figures(100, 0, 10)).level).toBe('usual');
    expect(healthOf('duration', figures(100, 0, 25), undefined).level).toBe('usual');
  });

  test('width grows with calls', () => {
    expect(strokeWidth(0, 1000)).toBeLessThan(strokeWidth(10, 1000));
    expect(strokeWidth(1000, 1000)).toBeCloseTo(6);
  });
});
