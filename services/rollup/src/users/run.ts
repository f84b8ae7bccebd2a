import type { Clock } from '@spanloom/span';
import { StoreError } from '@spanloom/store';
import type { RollupRun, RollupStore, SqlWindow } from '@spanloom/store';
import type { CheckedDefinition } from '../definition/check.ts';

export interface UserRunOptions {
  readonly store: RollupStore;
  readonly clock: Clock;
  /** Different in each process. */
  readonly scheduler: string;
  /** A run is cut off after it; whoever comes later may run the window anew. */
  readonly runTimeoutMs: number;
}

export interface UserRun {
  readonly definition: CheckedDefinition;
  readonly window: SqlWindow;
  readonly watermarkMs: number;
  /** Also where the window is done. */
  readonly again: boolean;
  readonly maxFailures: number;
}

/** Lines of a rollup without a table of its own. */
export const maxResultLines = 10_000;

/** ClickHouse ends a query a little after its limit. */
const maxLeaseMarginMs = 15_000;

/**
 * Runs one window, if nobody else does: resolves with the run, or with null. What it writes takes the
 * place of what earlier attempts wrote, and a later attempt's the place of this one's, in whatever
 * order they arrive. Rejects with a `StoreError` where the store does not answer.
 */
export async function runWindow(options: UserRunOptions, run: UserRun): Promise<RollupRun | null> {
  const { store, clock, scheduler, runTimeoutMs } = options;
  const { definition, watermarkMs } = run;
  const window = { name: definition.name, ...run.window };
  const startedMs = clock.now();
  const term = await store.claim({
    window,
    owner: scheduler,
    leaseMs: runTimeoutMs + Math.min(runTimeoutMs, maxLeaseMarginMs),
    maxFailures: run.maxFailures,
    again: run.again,
    nowMs: startedMs,
  });
  if (term === null) return null;
  const base = { ...window, attempt: term, startedMs, watermarkMs, scheduler };
  await store.recordRuns([{ ...base, status: 'running', rows: 0, durationMs: 0, error: '' }]);
  let ended: Pick<RollupRun, 'status' | 'rows' | 'error'>;
  try {
    ended = { status: 'done', rows: await execute(options, definition, window, term), error: '' };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    ended = { status: 'failed', rows: 0, error: error.message };
  }
  const outcome = { ...base, ...ended, durationMs: clock.now() - startedMs };
  await store.recordRuns([outcome]);
  return outcome;
}

async function execute(
  { store, runTimeoutMs }: UserRunOptions,
  { sql, target }: CheckedDefinition,
  window: RollupRun | (SqlWindow & { readonly name: string }),
  version: number,
): Promise<number> {
  const maxExecutionSeconds = Math.ceil(runTimeoutMs / 1000);
  if (target !== null) return await store.runIntoTarget({ sql, target, window, version, maxExecutionSeconds });
  const lines = await store.select(sql, window, { maxExecutionSeconds, maxResultRows: maxResultLines });
  await store.saveResult(window, version, lines);
  return lines.length;
}
