import type { Node } from './tree.ts';

/** So many like siblings stand in one row. */
export const foldFrom = 5;

/** Siblings of one service, name and kind, late or not, of which none failed, nor anything below them. */
export interface Fold {
  /** Of its first member: names it in the URL. */
  readonly key: string;
  readonly members: readonly Node[];
}

const known = new WeakMap<readonly Node[], ReadonlyMap<Node, Fold>>();

/** The fold of each child that is in one. */
export function foldsOf(children: readonly Node[]): ReadonlyMap<Node, Fold> {
  const before = known.get(children);
  if (before !== undefined) return before;
  const like = new Map<string, Node[]>();
  for (const child of children) {
    const { span } = child;
    if (span === null || span.error || child.failedBelow > 0) continue;
    const sort = `${span.service}\n${span.kind}\n${span.name}\n${span.lateByMs === null ? '' : 'late'}`;
    const others = like.get(sort);
    if (others === undefined) like.set(sort, [child]);
    else others.push(child);
  }
  const folds = new Map<Node, Fold>();
  for (const members of like.values()) {
    const [first] = members;
    if (first === undefined || members.length < foldFrom) continue;
    const fold = { key: `fold.${first.key}`, members };
    for (const member of members) folds.set(member, fold);
  }
  known.set(children, folds);
  return folds;
}

/** By how much the latest of its spans was late; null where none was. */
export function foldLateByMs({ members }: Fold): number | null {
  return members.reduce<number | null>((most, { span }) => {
    const lateByMs = span?.lateByMs ?? null;
    return lateByMs === null ? most : Math.max(most ?? 0, lateByMs);
  }, null);
}

export interface FoldFigures {
  readonly sumMs: number;
  readonly p50Ms: number;
  readonly maxMs: number;
}

export function foldFigures({ members }: Fold): FoldFigures {
  const durations = members.map(({ durationMs }) => durationMs).toSorted((a, b) => a - b);
  return {
    sumMs: durations.reduce((sum, each) => sum + each, 0),
    p50Ms: durations[Math.ceil(durations.length / 2) - 1] ?? 0,
    maxMs: durations.at(-1) ?? 0,
  };
}
