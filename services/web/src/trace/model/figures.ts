import type { Kind } from './span.ts';
import type { Timing } from './timing.ts';
import type { Tree } from './tree.ts';

export interface OperationFigures {
  readonly service: string;
  readonly operation: string;
  readonly kind: Kind;
  readonly calls: number;
  readonly errors: number;
  readonly totalMs: number;
  readonly selfMs: number;
  readonly criticalMs: number;
  readonly maxMs: number;
}

export const operationSorts = ['calls', 'errors', 'total', 'self', 'critical', 'max'] as const;
export type OperationSort = (typeof operationSorts)[number];

/** What each operation of a trace did, the largest first. */
export function operationsOf(tree: Tree, timing: Timing, sort: OperationSort): readonly OperationFigures[] {
  const sums = new Map<string, { -readonly [Field in keyof OperationFigures]: OperationFigures[Field] }>();
  for (const { at, span } of tree.nodes) {
    if (span === null) continue;
    const { service, name: operation, kind, durationMs } = span;
    const id = `${service}\n${kind}\n${operation}`;
    let sum = sums.get(id);
    if (sum === undefined) {
      sum = { service, operation, kind, calls: 0, errors: 0, totalMs: 0, selfMs: 0, criticalMs: 0, maxMs: 0 };
      sums.set(id, sum);
    }
    sum.calls += 1;
    sum.errors += span.error ? 1 : 0;
    sum.totalMs += durationMs;
    sum.selfMs += timing.selfMs[at] ?? 0;
    sum.criticalMs += timing.criticalMs[at] ?? 0;
    sum.maxMs = Math.max(sum.maxMs, durationMs);
  }
  const by = (figures: OperationFigures): number =>
    ({
      calls: figures.calls,
      errors: figures.errors,
      total: figures.totalMs,
      self: figures.selfMs,
      critical: figures.criticalMs,
      max: figures.maxMs,
    })[sort];
  return [...sums.values()].toSorted((a, b) => by(b) - by(a) || (a.operation < b.operation ? -1 : 1));
}

export interface ServiceFigures {
  readonly service: string;
  readonly spans: number;
  readonly criticalMs: number;
  /** Of the whole critical path. */
  readonly share: number;
}

/** Who the time of a trace went to: the critical path by service, the most first. */
export function criticalByService(tree: Tree, timing: Timing): readonly ServiceFigures[] {
  const sums = new Map<string, { spans: number; criticalMs: number }>();
  let whole = 0;
  for (const { at, span } of tree.nodes) {
    if (span === null) continue;
    const sum = sums.get(span.service) ?? { spans: 0, criticalMs: 0 };
    sum.spans += 1;
    sum.criticalMs += timing.criticalMs[at] ?? 0;
    whole += timing.criticalMs[at] ?? 0;
    sums.set(span.service, sum);
  }
  return [...sums]
    .map(([service, sum]) => ({ service, ...sum, share: whole === 0 ? 0 : sum.criticalMs / whole }))
    .toSorted((a, b) => b.criticalMs - a.criticalMs || (a.service < b.service ? -1 : 1));
}
