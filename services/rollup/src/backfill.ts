import { doneWindows } from '@spanloom/store';
import type { FiguresName, FoldLimits, RollupRun } from '@spanloom/store';
import type { CheckedDefinition } from './definition/check.ts';
import { unlimitedFailures } from './by-hand.ts';
import type { ByHandOptions } from './by-hand.ts';
import { passLevels } from './levels/pass.ts';
import { earliestSeconds } from './levels/work.ts';
import { runWindow } from './users/run.ts';
import { windowsWithin } from './windows/due.ts';

export interface BackfillOptions extends ByHandOptions {
  /** `[fromSeconds, toSeconds)`, Unix seconds. What is not final, or has lost its minutes, is left out. */
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly onProgress: (done: number, all: number) => void;
}

/** What a backfill did. */
export interface Backfill {
  readonly runs: readonly RollupRun[];
  /** Windows that were done already, or that somebody else is at. */
  readonly passedOver: number;
}

/**
 * Runs every window of the range that is not done; with `again` all of them. Whoever calls it again
 * after it was killed goes on where it was.
 */
export async function backfillRollup(
  options: BackfillOptions,
  definition: CheckedDefinition,
  again: boolean,
): Promise<Backfill> {
  const { store, watermarkMs, onProgress } = options;
  const toSeconds = Math.min(options.toSeconds, Math.floor((watermarkMs - definition.delayMs) / 1000));
  const windows = windowsWithin(definition.window, options.fromSeconds, toSeconds);
  const done = again ? new Set<number>() : await doneWindows(store.read, definition.name, options.fromSeconds);
  if (definition.target !== null) await store.makeTarget(definition.target);
  const runs: RollupRun[] = [];
  let passedOver = 0;
  onProgress(0, windows.length);
  for (const window of windows) {
    const run = done.has(window.fromSeconds)
      ? null
      : await runWindow(options, { definition, window, watermarkMs, again, maxFailures: unlimitedFailures });
    if (run === null) passedOver += 1;
    else runs.push(run);
    onProgress(runs.length + passedOver, windows.length);
  }
  return { runs, passedOver };
}

export interface LevelBackfillOptions extends BackfillOptions {
  readonly attempt: () => bigint;
  readonly limits: FoldLimits;
  readonly graceMs: number;
  readonly minuteRetentionMs: number;
}

/** Rolls up the hours and days of the range that are missing or stale. */
export async function backfillLevels(options: LevelBackfillOptions, name: FiguresName): Promise<Backfill> {
  const { clock, watermarkMs, runTimeoutMs } = options;
  const range = {
    fromSeconds: Math.max(options.fromSeconds, earliestSeconds(clock.now(), options.minuteRetentionMs)),
    toSeconds: Math.min(
      Math.floor(options.toSeconds / 3600) * 3600,
      Math.floor((watermarkMs - options.graceMs) / 3_600_000) * 3600,
    ),
  };
  const { runs } = await passLevels(
    { ...options, maxExecutionSeconds: Math.ceil(runTimeoutMs / 1000) },
    { name, range, watermarkMs, goOn: () => true, onProgress: options.onProgress },
  );
  return { runs, passedOver: 0 };
}
