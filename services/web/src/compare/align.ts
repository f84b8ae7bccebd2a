import type { Node, Tree } from '../trace/model/tree.ts';

/** What one trace did along a call path. */
export interface Side {
  readonly calls: number;
  readonly errors: number;
  /** Of all calls together. */
  readonly totalMs: number;
  /** The first of them, to look at. */
  readonly node: Node;
}

/** A call path: the same services and operations, one called by the other, in either trace. */
export interface Path {
  readonly id: string;
  readonly depth: number;
  readonly service: string;
  readonly operation: string;
  readonly a: Side | null;
  readonly b: Side | null;
  readonly state: 'added' | 'gone' | 'slower' | 'faster' | 'same';
}

/** A difference that people would call one: a twentieth, and more than clocks and chance make. */
const leastPart = 0.05;
const leastMs = 0.1;

interface Draft {
  readonly id: string;
  readonly depth: number;
  readonly service: string;
  readonly operation: string;
  readonly children: Map<string, Draft>;
  a: Side | null;
  b: Side | null;
}

/** The call paths of two traces, callers before what they called; what both did in the order of the second. */
export function align(a: Tree, b: Tree): readonly Path[] {
  const root: Draft = { id: '', depth: -1, service: '', operation: '', children: new Map(), a: null, b: null };
  // The second goes first, and so gives the order.
  add(root, b, 'b');
  add(root, a, 'a');
  const paths: Path[] = [];
  const open = [...root.children.values()].toReversed();
  for (let draft = open.pop(); draft !== undefined; draft = open.pop()) {
    const { children, ...path } = draft;
    paths.push({ ...path, state: stateOf(path.a, path.b) });
    open.push(...[...children.values()].toReversed());
  }
  return paths;
}

function add(root: Draft, { nodes }: Tree, side: 'a' | 'b'): void {
  const places: Draft[] = [];
  for (const node of nodes) {
    const above = node.parent === null ? root : places[node.parent.at];
    if (above === undefined) continue;
    const { span } = node;
    const [service, operation, kind] = [span?.service ?? '', span?.name ?? '', span?.kind ?? 'missing'];
    const name = JSON.stringify([service, kind, operation]);
    let place = above.children.get(name);
    if (place === undefined) {
      const id = `${above.id}${name}`;
      place = { id, depth: above.depth + 1, service, operation, children: new Map(), a: null, b: null };
      above.children.set(name, place);
    }
    const before = place[side];
    place[side] = {
      calls: (before?.calls ?? 0) + 1,
      errors: (before?.errors ?? 0) + (span?.error === true ? 1 : 0),
      totalMs: (before?.totalMs ?? 0) + node.durationMs,
      node: before?.node ?? node,
    };
    places[node.at] = place;
  }
}

function stateOf(a: Side | null, b: Side | null): Path['state'] {
  if (a === null) return 'added';
  if (b === null) return 'gone';
  const byMs = b.totalMs - a.totalMs;
  if (Math.abs(byMs) < Math.max(leastMs, leastPart * a.totalMs)) return 'same';
  return byMs > 0 ? 'slower' : 'faster';
}
