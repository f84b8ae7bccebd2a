import { durable } from './options.ts';
import type { TableOptions } from './options.ts';

/**
 * What became of each run: a row when it begins, another in its place when it ends. A run is one
 * attempt (`attempt` counts from 1) at one window of one rollup. The levels of figures are rolled up
 * under the names `edges-hour`, `edges-day`, `operations-hour` and `operations-day`.
 */
export function createRollupRuns(options: TableOptions): string[] {
  return [
    `CREATE TABLE IF NOT EXISTS rollup_runs (
  day Date DEFAULT toDate(started),
  name LowCardinality(String),
  window_from DateTime('UTC'),
  window_to DateTime('UTC'),
  attempt UInt64,
  status Enum8('running' = 1, 'done' = 2, 'failed' = 3),
  ended UInt8,
  rows UInt64,
  started DateTime64(3, 'UTC'),
  duration_ms UInt32,
  watermark_ms Int64,
  scheduler LowCardinality(String),
  error String
)
ENGINE = ${options.engine('rollup_runs', 'ReplacingMergeTree', 'ended')}
PARTITION BY toYYYYMM(day)
ORDER BY (name, window_from, window_to, attempt)
TTL day + toIntervalDay(90)
SETTINGS ${durable}`,
  ];
}
