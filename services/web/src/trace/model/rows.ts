import { type Fold, foldsOf } from './fold.ts';
import type { Timing } from './timing.ts';
import type { Node, Tree } from './tree.ts';

export type Row = SpanRow | FoldRow;

export interface SpanRow {
  readonly fold: null;
  readonly key: string;
  readonly node: Node;
  /** How far in it stands: a member of a fold one further than its siblings. */
  readonly level: number;
  /** Whether its children are shown; null where it has none. */
  readonly open: boolean | null;
  /** Children that are left out, as they are neither on the critical path nor lead to an error. */
  readonly leftOut: number;
}

export interface FoldRow {
  readonly fold: Fold;
  readonly key: string;
  readonly node: Node;
  readonly level: number;
  readonly open: boolean;
  readonly leftOut: 0;
}

/** Beyond so many spans, the page opens on what matters most. */
const manySpans = 1000;

/** Whether the page opens on the critical path and the errors alone. */
export function opensOnMain({ spanCount }: Pick<Tree, 'spanCount'>): boolean {
  return spanCount > manySpans;
}

export interface RowsWanted {
  /** Only what is on the critical path or leads to an error. */
  readonly mainOnly: boolean;
  readonly collapsed: ReadonlySet<string>;
  /** Keys of folds whose members are shown, and of nodes of which no child is left out. */
  readonly opened: ReadonlySet<string>;
  /** Only this and what is below it. */
  readonly focus: Node | null;
  /** What is shown whatever else holds, such as what was searched for. */
  readonly wanted: readonly Node[];
}

/** By place: the nodes that are on the critical path, failed, or missing, and all above them. */
export function mainPart({ nodes }: Tree, { criticalMs }: Timing): Uint8Array {
  const main = new Uint8Array(nodes.length);
  for (const { at, span, parent } of nodes) {
    if (parent === null || span?.error !== false || (criticalMs[at] ?? 0) > 0) main[at] = 1;
  }
  return withAncestors(nodes, main);
}

function withAncestors(nodes: readonly Node[], marks: Uint8Array): Uint8Array {
  for (let at = nodes.length - 1; at >= 0; at--) {
    const parent = nodes[at]?.parent;
    if (marks[at] === 1 && parent !== null && parent !== undefined) marks[parent.at] = 1;
  }
  return marks;
}

interface Pending {
  readonly node: Node;
  readonly fold: Fold | null;
  readonly level: number;
}

/** The rows that are shown, in their order. */
export function rowsOf(tree: Tree, main: Uint8Array, wish: RowsWanted): readonly Row[] {
  const { mainOnly, collapsed, opened, focus } = wish;
  const wanted = new Uint8Array(tree.nodes.length);
  for (const { at } of wish.wanted) wanted[at] = 1;
  withAncestors(tree.nodes, wanted);
  const rows: Row[] = [];
  const roots = focus === null ? tree.roots : [focus];
  const pending: Pending[] = roots.toReversed().map((node) => ({ node, fold: null, level: 0 }));
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node, fold, level } = next;
    if (fold !== null) {
      const open = opened.has(fold.key);
      rows.push({ fold, key: fold.key, node, level, open, leftOut: 0 });
      const shown = open ? fold.members : fold.members.filter(({ at }) => wanted[at] === 1);
      for (const member of shown.toReversed()) pending.push({ node: member, fold: null, level: level + 1 });
      continue;
    }
    const open = node.children.length === 0 ? null : !collapsed.has(node.key);
    const all = !mainOnly || opened.has(node.key);
    const children = all ? node.children : node.children.filter(({ at }) => main[at] === 1 || wanted[at] === 1);
    rows.push({ fold: null, key: node.key, node, level, open, leftOut: node.children.length - children.length });
    if (open === true) pending.push(...below(node, children, level + 1).toReversed());
  }
  return rows;
}

/** The children of a node, with a fold in the place of its first member. */
function below(node: Node, children: readonly Node[], level: number): Pending[] {
  const folds = foldsOf(node.children);
  const put = new Set<Fold>();
  return children.flatMap((child): Pending[] => {
    const fold = folds.get(child) ?? null;
    if (fold === null) return [{ node: child, fold, level }];
    if (put.has(fold)) return [];
    put.add(fold);
    return [{ node: child, fold, level }];
  });
}
