import type { WindowState } from './state.ts';

/** Unix minutes, `[from, to)`. */
export type MinuteRange = readonly [from: number, to: number];

/** The coarsest level that may answer. */
export type Coarsest = 'minute' | 'hour' | 'day';

/** What to read at which level, so that every minute of the question is read once. */
export interface Plan {
  readonly minute: readonly MinuteRange[];
  readonly hour: readonly MinuteRange[];
  readonly day: readonly MinuteRange[];
  /** How many windows of each level are in the ranges: all of them must be found. */
  readonly hours: number;
  readonly days: number;
}

export interface PlanInput {
  readonly fromMinute: number;
  readonly toMinute: number;
  readonly coarsest: Coarsest;
  readonly hours: readonly WindowState[];
  readonly days: readonly WindowState[];
  /** Of the minutes of each hour that is not sealed, by the hour's start in Unix seconds. */
  readonly changes: ReadonlyMap<number, number>;
}

const hourMinutes = 60;
const dayMinutes = 1440;

/**
 * The coarsest windows that fit, finer ones at both ends and wherever a window is missing or something
 * came later that is not in it yet. Hours in which nothing happened are not read at all.
 */
export function planReading(input: PlanInput): Plan {
  const { fromMinute, toMinute, coarsest } = input;
  const hours = new Map(input.hours.map((state) => [state.atSeconds / 60, state]));
  const days = new Map(input.days.map((state) => [state.atSeconds / 60, state]));
  const holds = (at: number): number => {
    const state = hours.get(at);
    return state?.sealed === true ? state.changes : (input.changes.get(at * 60) ?? 0);
  };
  const isHourRight = (at: number): boolean => {
    const state = hours.get(at);
    return state !== undefined && (state.sealed || state.changes === holds(at));
  };
  const isDayRight = (at: number): boolean => {
    const state = days.get(at);
    if (state === undefined || state.sealed) return state !== undefined;
    let sum = 0;
    for (let hour = at; hour < at + dayMinutes; hour += hourMinutes) sum += holds(hour);
    return state.changes === sum;
  };

  const ranges: Record<Coarsest, [number, number][]> = { minute: [], hour: [], day: [] };
  const counts = { hours: 0, days: 0 };
  let last: Coarsest | null = null;
  const take = (level: Coarsest, from: number, to: number): void => {
    const range = ranges[level].at(-1);
    // Between the two there is nothing but hours in which nothing happened.
    if (level === last && range !== undefined) range[1] = to;
    else ranges[level].push([from, to]);
    last = level;
  };
  for (let at = fromMinute; at < toMinute;) {
    const dayEnd = at + dayMinutes;
    const hourEnd = (Math.floor(at / hourMinutes) + 1) * hourMinutes;
    const isWholeHour = at % hourMinutes === 0 && hourEnd <= toMinute;
    if (coarsest === 'day' && at % dayMinutes === 0 && dayEnd <= toMinute && isDayRight(at)) {
      take('day', at, dayEnd);
      counts.days += 1;
      at = dayEnd;
      continue;
    }
    if (coarsest !== 'minute' && isWholeHour && isHourRight(at)) {
      take('hour', at, hourEnd);
      counts.hours += 1;
    } else if (coarsest === 'minute' || !isWholeHour || holds(at) > 0) {
      take('minute', at, Math.min(hourEnd, toMinute));
    }
    at = hourEnd;
  }
  return { ...ranges, ...counts };
}
