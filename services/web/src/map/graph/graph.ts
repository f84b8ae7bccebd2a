import type { GraphAnswer } from '../../api/answers.ts';
import { hasSeveral, type Service } from '../../format/service.ts';

export type NodeType =
  | 'outside'
  | 'service'
  | 'database'
  | 'messaging'
  | 'external'
  | 'unknown'
  | 'namespace'
  | 'hosts'
  | 'databases'
  | 'queues'
  | 'rest';

export interface MapNode {
  /** The same in every window: `environment/namespace/name`. */
  readonly key: string;
  readonly type: NodeType;
  /** Null for what stands for several, and for what calls from outside. */
  readonly service: Service | null;
  /** Said with its name; empty where there is only one, or none is known. */
  readonly environment: string;
  /** What is folded into it; empty for a node that is one thing. */
  readonly members: readonly MapNode[];
  readonly calls: number;
  readonly errors: number;
  /** Of a folded node the highest of its members: percentiles do not add up. */
  readonly durationMs: Readonly<Record<string, number>> | null;
}

export interface MapEdge {
  readonly key: string;
  readonly from: string;
  readonly to: string;
  readonly kind: string;
  readonly calls: number;
  readonly errors: number;
  readonly unpaired: number;
  readonly durationMs: Readonly<Record<string, number>> | null;
  readonly slowest: { readonly traceId: string; readonly durationMs: number } | null;
  readonly failed: string | null;
  /** How many edges it stands for. */
  readonly edges: number;
}

export interface MapGraph {
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
}

export const outsideKey = '(outside)';

export function serviceKey({ environment, namespace, name }: Service): string {
  return [environment, namespace, name]
    .map((part) => part.replaceAll('%', '%25').replaceAll('/', '%2F').replaceAll('>', '%3E').replaceAll(',', '%2C'))
    .join('/');
}

export function edgeKey(from: string, to: string, kind: string): string {
  return `${from}>${to}>${kind}`;
}

/** The graph of an answer, by keys that hold in every answer; what calls from outside is a node of its own. */
export function graphOf(answer: GraphAnswer): MapGraph {
  const keys = new Map(answer.nodes.map(({ id, service }) => [id, serviceKey(service)]));
  const several = hasSeveral(answer.nodes.map(({ service }) => service));
  const nodes: MapNode[] = answer.nodes.map(({ id, ...node }) => ({
    ...node,
    environment: several ? node.service.environment : '',
    key: keys.get(id) ?? '',
    members: [],
  }));
  const edges: MapEdge[] = answer.edges.map(({ from, to, ...edge }) => {
    const ends = { from: from === null ? outsideKey : (keys.get(from) ?? ''), to: keys.get(to) ?? '' };
    return { ...edge, ...ends, key: edgeKey(ends.from, ends.to, edge.kind), edges: 1 };
  });
  if (!edges.some(({ from }) => from === outsideKey)) return { nodes, edges };
  const outside = { calls: 0, errors: 0, durationMs: null, service: null, environment: '', members: [] };
  return { nodes: [{ ...outside, key: outsideKey, type: 'outside' }, ...nodes], edges };
}

/** What is at most so many calls away from a node, whoever calls; the whole where the node is not there. */
export function neighbourhood(graph: MapGraph, around: string, hops: number): MapGraph {
  if (!graph.nodes.some(({ key }) => key === around)) return graph;
  const near = new Set([around]);
  for (let hop = 0; hop < hops; hop++) {
    // Through what is outside everybody would be near to everybody: no way leads on from it.
    const known = new Set([...near].filter((key) => key !== outsideKey || key === around));
    for (const { from, to } of graph.edges) {
      if (known.has(from)) near.add(to);
      if (known.has(to)) near.add(from);
    }
  }
  return {
    nodes: graph.nodes.filter(({ key }) => near.has(key)),
    edges: graph.edges.filter(({ from, to }) => near.has(from) && near.has(to)),
  };
}

export function errorRate({ calls, errors }: { readonly calls: number; readonly errors: number }): number {
  return calls <= 0 ? 0 : errors / calls;
}
