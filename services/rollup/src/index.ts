/** Rollups: hours and days of figures, and what users want computed on a schedule. */
export { createRollup, type Rollup } from './rollup.ts';
export { defaultRollupConfig, type RollupConfig, type RollupOptions } from './options.ts';
export { createRollupMetrics } from './metrics.ts';
export type { RollupObserver } from './observer.ts';
export { type Problem, problemText } from './definition/problem.ts';
export type { CheckedDefinition } from './definition/check.ts';
export { checkFolder } from './users/scheduled.ts';
export { shippedFolder } from './shipped.ts';
export {
  backfillLevels,
  backfillRollup,
  type Backfill,
  type BackfillOptions,
  type LevelBackfillOptions,
} from './backfill.ts';
export { dryRun, newestWindow, nextDueMs, runNow, type ByHandOptions } from './by-hand.ts';
export { rollupStatus, type RollupStatus } from './status.ts';
export { readWatermark } from './watermark.ts';
export { runRollup } from './main.ts';
export { rollupConfigOf } from './settings.ts';
