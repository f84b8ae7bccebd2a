import { minuteChanges, rollupRuns, windowStates } from '@spanloom/store';
import type { FiguresName, RollupRun } from '@spanloom/store';
import type { CheckedDefinition } from './definition/check.ts';
import type { Problem } from './definition/problem.ts';
import { nextDueMs } from './by-hand.ts';
import { earliestSeconds, staleDays, staleHours } from './levels/work.ts';
import type { RollupOptions } from './options.ts';
import { checkFolder } from './users/scheduled.ts';
import { readWatermark } from './watermark.ts';

export interface RollupStatus {
  /** Unix milliseconds; null where nothing was stored yet. */
  readonly watermarkMs: number | null;
  readonly levels: readonly {
    readonly name: string;
    /** Windows that are rolled up. */
    readonly windows: number;
    /** Final windows that are not, or that something came to since. */
    readonly waiting: number;
    /** The newest that is rolled up, Unix seconds; null: none. */
    readonly newestSeconds: number | null;
  }[];
  readonly rollups: readonly {
    readonly definition: CheckedDefinition;
    readonly last: RollupRun | null;
    /** Unix milliseconds. */
    readonly nextDueMs: number | null;
  }[];
  readonly problems: readonly Problem[];
}

/** What is rolled up, what waits, and what every rollup did last. */
export async function rollupStatus({
  store,
  clock,
  config,
}: Pick<RollupOptions, 'store' | 'clock' | 'config'>): Promise<RollupStatus> {
  const watermarkMs = await readWatermark(store.read, config.maxTraceAgeMs);
  const { definitions, problems } = await checkFolder({ store, config });
  const nowMs = clock.now();
  const toSeconds = Math.floor(((watermarkMs ?? 0) - config.graceMs) / 3_600_000) * 3600;
  const range = { fromSeconds: earliestSeconds(nowMs, config.minuteRetentionMs), toSeconds: Math.max(0, toSeconds) };
  const levels: RollupStatus['levels'][number][] = [];
  for (const name of ['edges', 'operations'] as const satisfies readonly FiguresName[]) {
    const bounds = [Math.floor(range.fromSeconds / 86_400) * 86_400, range.toSeconds] as const;
    const [changes, hours, days] = await Promise.all([
      minuteChanges(store.read, name, bounds),
      windowStates(store.read, name, 'hour', [0, lastSecond]),
      windowStates(store.read, name, 'day', [0, lastSecond]),
    ]);
    const state = { hours, days, changes };
    const line = (level: string, windows: typeof hours, waiting: number): (typeof levels)[number] => ({
      name: `${name}-${level}`,
      windows: windows.length,
      waiting,
      newestSeconds: windows.at(-1)?.atSeconds ?? null,
    });
    levels.push(
      line('hour', hours, staleHours(state, range).length),
      line('day', days, staleDays(state, range).length),
    );
  }
  const rollups = [];
  for (const definition of definitions) {
    const [last] = await rollupRuns(store.read, { limit: 1, name: definition.name });
    rollups.push({ definition, last: last ?? null, nextDueMs: nextDueMs(definition, nowMs) });
  }
  return { watermarkMs, levels, rollups, problems };
}

/** DateTime ends in 2106. */
const lastSecond = 4_294_967_295;
