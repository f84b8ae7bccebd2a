import type { WindowState } from '@spanloom/store';

/** What the store has of the windows of one kind of figures. */
export interface LevelsState {
  readonly hours: readonly WindowState[];
  readonly days: readonly WindowState[];
  /** Sums of `changes` of the minutes, by the hour's start in Unix seconds. */
  readonly changes: ReadonlyMap<number, number>;
}

/** The windows that are looked at, Unix seconds, `[fromSeconds, toSeconds)`: final, and with all their minutes. */
export interface Range {
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** A window and what it should hold. */
export interface Stale {
  readonly atSeconds: number;
  readonly changes: number;
}

const hour = 3600;
const day = 86_400;

/**
 * A span is counted in its own minute up to 7 days after it began, and up to an hour before. An hour
 * more covers that a batch is appended under the time of its first record.
 */
export const lateSeconds: number = 7 * day + 2 * hour;

/** Hours whose minutes hold what they do not, newest first. */
export function staleHours({ hours, changes }: LevelsState, range: Range): Stale[] {
  const rolled = new Map(hours.map((state) => [state.atSeconds, state]));
  return [...changes]
    .map(([atSeconds, sum]) => ({ atSeconds, changes: sum }))
    .filter(({ atSeconds, changes: sum }) => {
      const state = rolled.get(atSeconds);
      if (atSeconds < range.fromSeconds || atSeconds + hour > range.toSeconds) return false;
      // Never less: an hour that holds more than its minutes was rolled up while more of them were there.
      return state === undefined || (!state.sealed && state.changes < sum);
    })
    .toSorted((a, b) => b.atSeconds - a.atSeconds);
}

/** Days whose hours are all right, and hold what the day does not, newest first. */
export function staleDays(state: LevelsState, range: Range): Stale[] {
  const hours = new Map(state.hours.map((each) => [each.atSeconds, each]));
  const days = new Map(state.days.map((each) => [each.atSeconds, each]));
  const stale: Stale[] = [];
  const first = Math.ceil(range.fromSeconds / day) * day;
  for (let at = first; at + day <= range.toSeconds; at += day) {
    const rolled = days.get(at);
    if (rolled?.sealed === true) continue;
    let sum = 0;
    let isWhole = true;
    for (let of = at; of < at + day; of += hour) {
      const own = hours.get(of);
      const minutes = own?.sealed === true ? own.changes : (state.changes.get(of) ?? 0);
      sum += minutes;
      if ((own?.changes ?? 0) < minutes) isWhole = false;
    }
    if (isWhole && sum > (rolled?.changes ?? 0)) stale.push({ atSeconds: at, changes: sum });
  }
  return stale.toReversed();
}

/** Windows that are right, and that no span can change any more. */
export function sealable(state: LevelsState, watermarkSeconds: number): { hours: Stale[]; days: Stale[] } {
  const isOver = (at: number, length: number): boolean => at + length + lateSeconds <= watermarkSeconds;
  const hours = state.hours.filter(
    (each) => !each.sealed && isOver(each.atSeconds, hour) && each.changes === (state.changes.get(each.atSeconds) ?? 0),
  );
  const sealed = new Map(
    state.hours.filter((each) => each.sealed || hours.includes(each)).map((each) => [each.atSeconds, each.changes]),
  );
  const days = state.days.filter((each) => {
    if (each.sealed || !isOver(each.atSeconds, day)) return false;
    let sum = 0;
    for (let of = each.atSeconds; of < each.atSeconds + day; of += hour) {
      const minutes = sealed.get(of);
      if (minutes === undefined && (state.changes.get(of) ?? 0) > 0) return false;
      sum += minutes ?? 0;
    }
    return sum === each.changes;
  });
  return { hours, days };
}

/** Rows of minutes that are rolled up in one statement at most: well below 1 GB with their histograms. */
const maxChanges = 300_000;

/** Cuts windows into statements: those of one `period` (seconds) together, as far as they are not too much. */
export function inPortions(windows: readonly Stale[], period: number): [Stale, ...Stale[]][] {
  const portions: [Stale, ...Stale[]][] = [];
  let sum = 0;
  for (const window of windows) {
    const portion = portions.at(-1);
    const isSamePeriod =
      portion !== undefined && Math.floor(portion[0].atSeconds / period) === Math.floor(window.atSeconds / period);
    if (portion !== undefined && isSamePeriod && sum + window.changes <= maxChanges) {
      portion.push(window);
      sum += window.changes;
    } else {
      portions.push([window]);
      sum = window.changes;
    }
  }
  return portions;
}

/** The earliest hour of which every minute is there for sure: retention less a day, and the hour that clocks may be off. */
export function earliestSeconds(nowMs: number, minuteRetentionMs: number): number {
  const seconds = (nowMs - minuteRetentionMs) / 1000 + day + 2 * hour;
  return Math.max(0, Math.ceil(seconds / hour) * hour);
}
