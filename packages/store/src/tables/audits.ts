import { durable } from './options.ts';
import type { TableOptions } from './options.ts';

/** What each audit found, a row of sums over all partitions. */
export function createAudits(options: TableOptions): string[] {
  return [
    `CREATE TABLE IF NOT EXISTS audits (
  day Date,
  stream LowCardinality(String),
  ended DateTime64(3, 'UTC'),
  duration_ms UInt32,
  partitions UInt32,
  acknowledged UInt64,
  stored UInt64,
  dead_lettered UInt64,
  in_flight UInt64,
  missing UInt64,
  doubled UInt64,
  unknown UInt64,
  expired_unread UInt64,
  clean UInt8
)
ENGINE = ${options.engine('audits', 'ReplacingMergeTree')}
PARTITION BY toYYYYMM(day)
ORDER BY (stream, ended)
TTL day + toIntervalDay(90)
SETTINGS ${durable}`,
  ];
}
