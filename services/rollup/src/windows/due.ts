import { startOf } from './length.ts';
import type { WindowLength } from './length.ts';
import type { Schedule } from './schedule.ts';

/** A window that is to be run, and since when. Half-open, Unix seconds. */
export interface DueWindow {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly dueMs: number;
}

export interface Timed {
  readonly schedule: Schedule;
  readonly window: WindowLength;
}

/** What was missed while nobody was there is made up for this long; more is a matter of a backfill. */
const madeUpMs = 24 * 3_600_000;
const maxWindows = 48;
/** Looked through for windows whose schedule has come, at 0.1 ms each: hourly windows of a monthly schedule are 744. */
const maxLookedAt = 1500;

/**
 * Windows whose time has come, oldest first: the newest one, and those before it that came due within
 * a day. A window is due at the first time of the schedule at or after its end; so each is due once,
 * whatever clocks do.
 */
export function dueWindows({ schedule, window }: Timed, nowMs: number): DueWindow[] {
  const due: DueWindow[] = [];
  let toSeconds = startOf(window, Math.floor(nowMs / 1000));
  for (let looked = 0; looked < maxLookedAt && due.length < maxWindows; looked += 1) {
    const dueMs = schedule.firstFrom(toSeconds * 1000);
    const fromSeconds = toSeconds - window.seconds;
    if (fromSeconds < 0) break;
    if (dueMs !== null && dueMs <= nowMs) {
      if (due.length > 0 && dueMs < nowMs - madeUpMs) break;
      due.push({ fromSeconds, toSeconds, dueMs });
    }
    toSeconds = fromSeconds;
  }
  return due.toReversed();
}

/** Windows that lie in `[fromSeconds, toSeconds)` as a whole, oldest first. */
export function windowsWithin(window: WindowLength, fromSeconds: number, toSeconds: number): DueWindow[] {
  const windows: DueWindow[] = [];
  let from = startOf(window, fromSeconds);
  if (from < fromSeconds) from += window.seconds;
  for (; from + window.seconds <= toSeconds; from += window.seconds) {
    windows.push({ fromSeconds: from, toSeconds: from + window.seconds, dueMs: (from + window.seconds) * 1000 });
  }
  return windows;
}
