import type { Kind, Spans, TraceSpan } from './span.ts';

/** A place in the tree: a span, or one that never came and that others name as their parent. */
export interface Node {
  /** Its place in {@link Tree.nodes}, which stand in the order of the tree: parents before their children. */
  readonly at: number;
  readonly key: string;
  /** Null: it never came. */
  readonly span: TraceSpan | null;
  readonly parent: Node | null;
  readonly children: readonly Node[];
  readonly depth: number;
  /** All that are below it. */
  readonly below: number;
  /** Failed ones below it. */
  readonly failedBelow: number;
  /** It failed, and none of its children did: here it began. */
  readonly origin: boolean;
  /** Its parent is below it: drawn once, at the top. */
  readonly cyclic: boolean;
  /** As the clocks said: milliseconds after the start of the trace. */
  readonly startMs: number;
  readonly durationMs: number;
}

export interface Tree {
  readonly traceId: string;
  readonly startMs: number;
  readonly roots: readonly Node[];
  readonly nodes: readonly Node[];
  readonly byKey: ReadonlyMap<string, Node>;
  readonly spanCount: number;
  readonly errorCount: number;
}

type Draft = { -readonly [Field in keyof Omit<Node, 'children' | 'parent'>]: Node[Field] } & {
  children: Draft[];
  parent: Draft | null;
};

/** Who called whom. Every span stands in it once, whatever ids and parents say. */
export function treeOf({ traceId, startMs, spans }: Spans): Tree {
  const drafts = spans.map((span) => draftOf(span.key, span));
  const byId = new Map<string, Draft[]>();
  for (const draft of drafts) {
    const id = draft.span?.id ?? '';
    const same = byId.get(id);
    if (same === undefined) byId.set(id, [draft]);
    else same.push(draft);
  }
  const ghosts = new Map<string, Draft>();
  const roots: Draft[] = [];
  for (const draft of drafts) {
    const { span } = draft;
    if (span === null) continue;
    draft.parent = parentOf(span, byId);
    if (draft.parent === null && span.parentId !== '' && span.parentId !== span.id) {
      draft.parent = ghostOf(ghosts, span.parentId);
    }
    if (draft.parent === null) roots.push(draft);
    else draft.parent.children.push(draft);
  }
  for (const ghost of ghosts.values()) roots.push(spread(ghost));
  const nodes: Draft[] = [];
  for (const root of roots.toSorted(byStart)) number(root, nodes);
  if (nodes.length < drafts.length + ghosts.size) breakCycles(drafts, nodes);
  sumUp(nodes);
  return {
    traceId,
    startMs,
    roots: nodes.filter(({ parent }) => parent === null),
    nodes,
    byKey: new Map(nodes.map((node) => [node.key, node])),
    spanCount: spans.length,
    errorCount: spans.reduce((sum, { error }) => sum + (error ? 1 : 0), 0),
  };
}

function draftOf(key: string, span: TraceSpan | null): Draft {
  return {
    at: -1,
    key,
    span,
    parent: null,
    children: [],
    depth: 0,
    below: 0,
    failedBelow: 0,
    origin: false,
    cyclic: false,
    startMs: span?.startMs ?? 0,
    durationMs: span?.durationMs ?? 0,
  };
}

function ghostOf(ghosts: Map<string, Draft>, id: string): Draft {
  const known = ghosts.get(id);
  if (known !== undefined) return known;
  const made = draftOf(`missing.${id}`, null);
  ghosts.set(id, made);
  return made;
}

/** What is known of a span that never came: it lasted at least from the first start of its children to their last end. */
function spread(ghost: Draft): Draft {
  let startMs = Number.POSITIVE_INFINITY;
  let endMs = Number.NEGATIVE_INFINITY;
  for (const child of ghost.children) {
    startMs = Math.min(startMs, child.startMs);
    endMs = Math.max(endMs, child.startMs + child.durationMs);
  }
  return Object.assign(ghost, { startMs, durationMs: endMs - startMs });
}

/** By kind: a server works inside the call of the client whose id it shares. The pipeline pairs them the same way. */
const innermost: Readonly<Record<Kind, number>> = {
  unspecified: 3,
  internal: 4,
  server: 6,
  client: 2,
  producer: 1,
  consumer: 5,
};

function parentOf(span: TraceSpan, byId: ReadonlyMap<string, readonly Draft[]>): Draft | null {
  const shared = sharedClient(span, byId.get(span.id) ?? []);
  if (shared !== null) return shared;
  if (span.parentId === '' || span.parentId === span.id) return null;
  const rank = ({ span: other }: Draft) =>
    (other?.service === span.service ? 8 : 0) + innermost[other?.kind ?? 'unspecified'];
  const [first, ...others] = byId.get(span.parentId) ?? [];
  if (first === undefined) return null;
  return others.reduce((best, other) => (rank(other) > rank(best) ? other : best), first);
}

/** Zipkin lets a server take over the id of its client's span: then that one is its parent. */
function sharedClient({ kind }: TraceSpan, same: readonly Draft[]): Draft | null {
  if (same.length < 2 || (kind !== 'server' && kind !== 'consumer')) return null;
  const likely = kind === 'server' ? 'client' : 'producer';
  return (
    same.find(({ span }) => span?.kind === likely) ??
    same.findLast(({ span }) => span?.kind === 'client' || span?.kind === 'producer') ??
    null
  );
}

function byStart(a: Draft, b: Draft): number {
  return a.startMs - b.startMs || b.durationMs - a.durationMs || (a.key < b.key ? -1 : 1);
}

/** Gives a subtree its places, without recursion: a chain of calls may be thousands deep. */
function number(root: Draft, nodes: Draft[]): void {
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    node.at = nodes.length;
    node.depth = node.parent === null ? 0 : node.parent.depth + 1;
    nodes.push(node);
    if (node.children.length > 1) node.children.sort(byStart);
    for (let child = node.children.length - 1; child >= 0; child--) {
      const next = node.children[child];
      if (next !== undefined) open.push(next);
    }
  }
}

/** Spans that are each other's ancestors are reached from no root: the earliest of each ring becomes one. */
function breakCycles(drafts: readonly Draft[], nodes: Draft[]): void {
  for (const draft of drafts.toSorted(byStart)) {
    if (draft.at >= 0) continue;
    const first = inRing(draft);
    if (first.parent !== null) first.parent.children = first.parent.children.filter((child) => child !== first);
    first.parent = null;
    first.cyclic = true;
    number(first, nodes);
  }
}

/** The ring above an unreached span; what hangs below a ring is reached through it. */
function inRing(start: Draft): Draft {
  const seen = new Set<Draft>();
  let at = start;
  while (!seen.has(at) && at.parent !== null) {
    seen.add(at);
    at = at.parent;
  }
  let earliest = at;
  for (let next = at.parent; next !== null && next !== at; next = next.parent) {
    if (byStart(next, earliest) < 0) earliest = next;
  }
  return earliest;
}

function sumUp(nodes: readonly Draft[]): void {
  for (const node of nodes.toReversed()) {
    let failedChild = false;
    for (const child of node.children) {
      node.below += child.below + 1;
      node.failedBelow += child.failedBelow + (child.span?.error === true ? 1 : 0);
      failedChild ||= child.span?.error === true;
    }
    node.origin = node.span?.error === true && !failedChild;
  }
}
