import type { RollupRun } from '@spanloom/store';
import type { Problem } from './definition/problem.ts';

/** What a scheduler tells about itself. Never changes what it does. */
export interface RollupObserver {
  /** A run ended, well or badly. */
  ran(run: RollupRun): void;
  /** Since when the oldest final window of a rollup waits to be run, Unix milliseconds; null: none does. */
  waiting(name: string, sinceMs: number | null): void;
  /** All that is wrong with the files of rollups, whenever they were looked at. */
  problems(problems: readonly Problem[]): void;
  /** A pass over everything that was due ended. */
  passed(watermarkMs: number | null): void;
  /** The store did not answer; tried again at the next pass. */
  retry(error: Error): void;
}
