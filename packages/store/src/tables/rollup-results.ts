import { durable, ttlOf } from './options.ts';
import type { TableOptions } from './options.ts';

/**
 * The rows of rollups without a table of their own, as JSON. Those of the highest `version` of a
 * window count; the row 0 of each version stands for the run itself, so that an empty result replaces
 * an earlier one.
 */
export function createRollupResults(options: TableOptions): string[] {
  return [
    `CREATE TABLE IF NOT EXISTS rollup_results (
  day Date,
  name LowCardinality(String),
  window_from DateTime('UTC'),
  window_to DateTime('UTC'),
  row UInt32,
  version UInt64,
  line String CODEC(ZSTD(1))
)
ENGINE = ${options.engine('rollup_results', 'ReplacingMergeTree', 'version')}
PARTITION BY toYYYYMM(day)
ORDER BY (name, window_from, window_to, row)
TTL ${ttlOf('hour', options)}
SETTINGS ${durable}`,
  ];
}
