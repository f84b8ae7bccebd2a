import { type RollupConfig, shippedFolder } from '@spanloom/rollup';
import type { Config } from '@spanloom/runtime';

/** The settings that rollups have. */
export function rollupConfig(config: Config): RollupConfig {
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
