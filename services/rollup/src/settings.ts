import type { Config } from '@spanloom/runtime';

import type { RollupConfig } from './options.ts';
import { shippedFolder } from './shipped.ts';

/** The settings that rollups have. */
export function rollupConfigOf(config: Config): RollupConfig {
  return {
    folder: config.rollupDir === '' ? shippedFolder : config.rollupDir,
    graceMs: config.rollupGrace,
    minuteRetentionMs: config.aggregateRetention,
    limits: { maxOperations: config.maxOperations, maxPeers: config.maxPeers },
    maxTraceAgeMs: config.maxAge,
    intervalMs: config.rollupInterval,
    runTimeoutMs: config.rollupTimeout,
  };
}
