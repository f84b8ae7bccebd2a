import { durable, windowClause } from './options.ts';
import type { TableOptions } from './options.ts';

/**
 * Who may run a window. A claim is a row of the next term, inserted under a token that names rollup,
 * window and term: of several that try at once, ClickHouse keeps one. See `claimWindow`.
 */
export function createRollupClaims(options: TableOptions): string[] {
  return [
    `CREATE TABLE IF NOT EXISTS rollup_claims (
  day Date,
  name LowCardinality(String),
  window_from DateTime('UTC'),
  window_to DateTime('UTC'),
  term UInt32,
  owner String,
  lease_ms UInt32,
  claimed DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ${options.engine('rollup_claims', 'ReplacingMergeTree')}
PARTITION BY toYYYYMM(day)
ORDER BY (name, window_from, window_to, term, owner)
TTL day + toIntervalDay(90)
SETTINGS ${durable}, ${windowClause(options)}`,
  ];
}
