import { err, ok } from '@spanloom/span';
import type { Clock, Result } from '@spanloom/span';
import type { RollupRun, RollupStore, SqlWindow } from '@spanloom/store';
import type { CheckedDefinition } from './definition/check.ts';
import { problemText } from './definition/problem.ts';
import { runWindow } from './users/run.ts';
import { dueWindows } from './windows/due.ts';
import { startOf } from './windows/length.ts';

/** What runs by hand need to know. */
export interface ByHandOptions {
  readonly store: RollupStore;
  readonly clock: Clock;
  readonly scheduler: string;
  readonly runTimeoutMs: number;
  readonly watermarkMs: number;
}

/** Attempts are not counted where a person asks for one. */
export const unlimitedFailures: number = Number.POSITIVE_INFINITY;

/** The newest window whose figures are final, or null where there is none yet. */
export function newestWindow({ window, delayMs }: CheckedDefinition, watermarkMs: number): SqlWindow | null {
  const toSeconds = startOf(window, Math.floor((watermarkMs - delayMs) / 1000));
  return toSeconds - window.seconds < 0 ? null : { fromSeconds: toSeconds - window.seconds, toSeconds };
}

/** Why a window may not be run yet, with file and line; null where it may. */
export function openEnd(definition: CheckedDefinition, window: SqlWindow, watermarkMs: number): string | null {
  const finalMs = window.toSeconds * 1000 + definition.delayMs;
  if (finalMs <= watermarkMs) return null;
  const text = (ms: number): string => new Date(ms).toISOString().slice(0, 19).concat('Z');
  const { file, lines } = definition;
  const reason = `the window to ${text(window.toSeconds * 1000)} overlaps the open end: it is final once figures are complete to ${text(finalMs)}; now they are to ${text(watermarkMs)}`;
  return problemText({ file, line: lines.name, reason });
}

/** Lines of a dry run that are shown at most. */
const shownLines = 1000;

/** Runs the SQL over a window and writes nothing; the error is a sentence. */
export async function dryRun(
  options: ByHandOptions,
  definition: CheckedDefinition,
  window: SqlWindow,
): Promise<Result<Record<string, unknown>[], string>> {
  const refused = openEnd(definition, window, options.watermarkMs);
  if (refused !== null) return err(refused);
  const { store, runTimeoutMs } = options;
  const limited = `SELECT * FROM (\n${definition.sql}\n) LIMIT ${shownLines}`;
  const maxExecutionSeconds = Math.ceil(runTimeoutMs / 1000);
  return ok(await store.select(limited, window, { maxExecutionSeconds, maxResultRows: shownLines }));
}

/** Runs a window now, also where it was run before; null where somebody else is at it. */
export async function runNow(
  options: ByHandOptions,
  definition: CheckedDefinition,
  window: SqlWindow,
): Promise<Result<RollupRun | null, string>> {
  const { store, watermarkMs } = options;
  const refused = openEnd(definition, window, watermarkMs);
  if (refused !== null) return err(refused);
  if (definition.target !== null) await store.makeTarget(definition.target);
  return ok(await runWindow(options, { definition, window, watermarkMs, again: true, maxFailures: unlimitedFailures }));
}

/** When the next window of a rollup comes due, Unix milliseconds; null: never. */
export function nextDueMs({ schedule, window }: CheckedDefinition, nowMs: number): number | null {
  const known = dueWindows({ schedule, window }, nowMs).at(-1)?.toSeconds;
  const toSeconds = (known ?? startOf(window, Math.floor(nowMs / 1000)) - window.seconds) + window.seconds;
  return schedule.firstFrom(toSeconds * 1000);
}
