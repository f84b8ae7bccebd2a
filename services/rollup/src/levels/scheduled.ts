import { levels, type FiguresName } from '@spanloom/store';
import type { RollupOptions } from '../options.ts';
import { readWatermark } from '../watermark.ts';
import { passLevels } from './pass.ts';
import type { LevelOutcome } from './pass.ts';
import { earliestSeconds, lateSeconds } from './work.ts';

const names: readonly FiguresName[] = ['edges', 'operations'];
/** What was missed while nobody was there is found this often; in between only what spans can still change is looked at. */
const wholeEveryMs = 3_600_000;
/** A pass that has more to do leaves it to the next, which anybody may take. */
const minPassMs = 30_000;

/** One pass over the levels of figures, for as long as there is time. To be called at each interval. */
export function createLevelWork(options: RollupOptions, scheduler: string): (stopping: AbortSignal) => Promise<void> {
  const { store, clock, observer, config, random } = options;
  const seenMs = new Map<string, number>();
  let wholeMs = Number.NEGATIVE_INFINITY;

  function tell(name: FiguresName, outcome: LevelOutcome): void {
    for (const run of outcome.runs) observer.ran(run);
    for (const level of levels) {
      const key = `${name}-${level}`;
      const waiting = new Set(outcome.waiting[level].map((at) => `${key}/${at}`));
      for (const window of seenMs.keys()) {
        if (window.startsWith(`${key}/`) && !waiting.has(window)) seenMs.delete(window);
      }
      for (const window of waiting) if (!seenMs.has(window)) seenMs.set(window, clock.now());
      const since = [...waiting].map((window) => seenMs.get(window) ?? clock.now());
      observer.waiting(key, since.length === 0 ? null : since.reduce((a, b) => Math.min(a, b)));
    }
  }

  return async (stopping) => {
    const startedMs = clock.now();
    const slotSeconds = Math.max(1, Math.floor(config.intervalMs / 1000));
    const slot = Math.floor(startedMs / 1000 / slotSeconds) * slotSeconds;
    // One of the schedulers is enough. If it dies, the next interval is another's.
    const term = await store.claim({
      window: { name: 'levels', fromSeconds: slot, toSeconds: slot + slotSeconds },
      owner: scheduler,
      leaseMs: 86_400_000,
      maxFailures: 1,
      again: false,
      nowMs: startedMs,
    });
    // Before the figures are read: they may hold more than it says, never less.
    const watermarkMs = await readWatermark(store.read, config.maxTraceAgeMs);
    if (term === null || watermarkMs === null) return observer.passed(watermarkMs);

    const isWhole = startedMs - wholeMs >= wholeEveryMs;
    const earliest = earliestSeconds(startedMs, config.minuteRetentionMs);
    const changeable = Math.floor((watermarkMs / 1000 - lateSeconds) / 86_400 - 1) * 86_400;
    const range = {
      fromSeconds: isWhole ? earliest : Math.max(earliest, changeable),
      toSeconds: Math.floor((watermarkMs - config.graceMs) / 3_600_000) * 3600,
    };
    const endMs = startedMs + Math.max(minPassMs, config.intervalMs / 2);
    for (const name of names) {
      const outcome = await passLevels(
        {
          store,
          clock,
          attempt: () => Buffer.from(random(8)).readBigUInt64BE(),
          limits: config.limits,
          maxExecutionSeconds: Math.ceil(config.runTimeoutMs / 1000),
          scheduler,
        },
        { name, range, watermarkMs, goOn: () => !stopping.aborted && clock.now() < endMs },
      );
      tell(name, outcome);
      // What a pass leaves undone, the next one must look for as far back.
      if (outcome.waiting.hour.length + outcome.waiting.day.length > 0) wholeMs = Number.NEGATIVE_INFINITY;
      else if (isWhole && name === names.at(-1)) wholeMs = startedMs;
    }
    observer.passed(watermarkMs);
  };
}
