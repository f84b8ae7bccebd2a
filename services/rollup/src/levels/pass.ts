import { StoreError, levelSeconds, minuteChanges, windowStates } from '@spanloom/store';
import type { FiguresName, FoldLimits, Level, RollupRun, RollupStore } from '@spanloom/store';
import type { Clock } from '@spanloom/span';
import { inPortions, sealable, staleDays, staleHours } from './work.ts';
import type { LevelsState, Range, Stale } from './work.ts';

export interface LevelPassOptions {
  readonly store: RollupStore;
  readonly clock: Clock;
  /** Random bits. */
  readonly attempt: () => bigint;
  readonly limits: FoldLimits;
  readonly maxExecutionSeconds: number;
  /** Who rolls up: stands in the runs. */
  readonly scheduler: string;
}

export interface LevelPass {
  readonly name: FiguresName;
  readonly range: Range;
  readonly watermarkMs: number;
  /** Called before each statement: false ends the pass. */
  readonly goOn: () => boolean;
  /** Windows done so far and in all; called after each statement, and once before the first. */
  readonly onProgress?: (done: number, all: number) => void;
}

/** What a pass found and did. */
export interface LevelOutcome {
  readonly runs: readonly RollupRun[];
  /** Windows that are still to be rolled up, by level, Unix seconds of their starts. */
  readonly waiting: Readonly<Record<Level, readonly number[]>>;
}

const day = 86_400;

/**
 * Rolls up what is missing or stale in the range: hours out of minutes, then days out of hours, the
 * newest first. Changes nothing where all is right, whoever else does the same at the same time.
 */
export async function passLevels(options: LevelPassOptions, pass: LevelPass): Promise<LevelOutcome> {
  const { store } = options;
  const { name, range } = pass;
  const bounds = [Math.floor(range.fromSeconds / day) * day, range.toSeconds] as const;
  const changes = await minuteChanges(store.read, name, bounds, wholeTable);
  const read = async (): Promise<LevelsState> => {
    const [hours, days] = await Promise.all([
      windowStates(store.read, name, 'hour', bounds),
      windowStates(store.read, name, 'day', bounds),
    ]);
    return { hours, days, changes };
  };

  const before = await read();
  const hours = staleHours(before, range);
  const mayBeDays = new Set(hours.map((each) => Math.floor(each.atSeconds / day)));
  const all = hours.length + staleDays(before, range).filter((each) => !mayBeDays.has(each.atSeconds / day)).length;
  pass.onProgress?.(0, all);
  const runs: RollupRun[] = [];
  const roll = async (level: Level, windows: readonly Stale[], period: number): Promise<void> => {
    for (const portion of inPortions(windows, period)) {
      if (!pass.goOn()) return;
      const done = await rollPortion(options, pass, level, portion);
      runs.push(...done);
      await store.recordRuns(done);
      pass.onProgress?.(runs.length, Math.max(all, runs.length));
    }
  };
  await roll('hour', hours, day);
  const between = runs.length === 0 ? before : await read();
  // A statement of days reads hours: a week of them is as much as an hour of minutes. Days of one month go together.
  for (const month of byMonth(staleDays(between, range))) await roll('day', month, 7 * day);
  const after = runs.length === 0 ? before : await read();
  const seals = sealable(after, pass.watermarkMs / 1000);
  await store.seal(name, 'hour', seals.hours);
  await store.seal(name, 'day', seals.days);
  const starts = (windows: readonly Stale[]): number[] => windows.map((each) => each.atSeconds);
  return {
    runs,
    waiting: { hour: starts(staleHours(after, range)), day: starts(staleDays(after, range)) },
  };
}

/** Three months of minutes, in a store that is busy. */
const wholeTable = { maxExecutionSeconds: 120 };

/** Rolls windows up together; where that is too much for the store, in halves. */
async function rollPortion(
  options: LevelPassOptions,
  pass: LevelPass,
  level: Level,
  portion: readonly [Stale, ...Stale[]],
): Promise<RollupRun[]> {
  try {
    return await rollTogether(options, pass, level, portion);
  } catch (error) {
    if (!(error instanceof StoreError) || portion.length === 1) throw error;
    const middle = Math.ceil(portion.length / 2);
    const runs: RollupRun[] = [];
    for (const [first, ...more] of [portion.slice(0, middle), portion.slice(middle)]) {
      if (first !== undefined) runs.push(...(await rollPortion(options, pass, level, [first, ...more])));
    }
    return runs;
  }
}

async function rollTogether(
  options: LevelPassOptions,
  pass: LevelPass,
  level: Level,
  [first, ...more]: readonly [Stale, ...Stale[]],
): Promise<RollupRun[]> {
  const { store, clock } = options;
  const startedMs = clock.now();
  const rolled = await store.roll(
    {
      name: pass.name,
      level,
      atSeconds: [first.atSeconds, ...more.map((each) => each.atSeconds)],
      watermarkMs: pass.watermarkMs,
      limits: options.limits,
      attempt: options.attempt(),
    },
    options.maxExecutionSeconds,
  );
  const durationMs = (clock.now() - startedMs) / Math.max(1, rolled.length);
  return rolled.map(({ atSeconds, lines, changes }) => ({
    name: `${pass.name}-${level}`,
    fromSeconds: atSeconds,
    toSeconds: atSeconds + levelSeconds[level],
    // What was rolled up twice out of the same minutes is one run.
    attempt: changes,
    status: 'done',
    rows: lines,
    startedMs,
    durationMs,
    watermarkMs: pass.watermarkMs,
    scheduler: options.scheduler,
    error: '',
  }));
}

function byMonth(windows: readonly Stale[]): Stale[][] {
  const months = new Map<string, Stale[]>();
  for (const window of windows) {
    const month = new Date(window.atSeconds * 1000).toISOString().slice(0, 7);
    const known = months.get(month);
    if (known === undefined) months.set(month, [window]);
    else known.push(window);
  }
  return [...months.values()];
}
