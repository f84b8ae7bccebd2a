import { durable, ttlOf } from '../tables/options.ts';
import type { TableOptions } from '../tables/options.ts';
import { isShown, levelTable } from './shape.ts';
import type { FiguresShape, Level } from './shape.ts';

/** The ClickHouse partition of a window. Few enough that a backfill touches no more than it must. */
const partitions: Readonly<Record<Level, string>> = { hour: 'toMonday(day)', day: 'toYYYYMM(day)' };

/**
 * A level above the minutes. All lines of a window are one block in one partition, and so one part:
 * they are there together or not at all. With them goes a row whose marker is `window`. The lines of
 * the highest version count, whole; merges let go of what an older version has under the same keys.
 * The version is the sum of the minutes' `changes` in its upper half (what was read later has more),
 * and a number of the attempt's own in the lower, so that no two attempts are ever mixed. A row whose
 * marker is `sealed` says that no span can change the window any more.
 */
export function createLevel(shape: FiguresShape, level: Level, options: TableOptions): string[] {
  const table = levelTable(shape.name, level);
  const key = shape.key.map(([name]) => name).join(', ');
  const columns = [
    ...shape.key.map(([name, type]) => `${name} ${type}`),
    ...shape.sums.map((name) => `${name} Int64 CODEC(T64, ZSTD(1))`),
    ...shape.histograms.map((name) => `${name} Map(Int16, Int64) CODEC(ZSTD(1))`),
    ...shape.largest.map(([name, type]) => `${name} ${type} CODEC(ZSTD(1))`),
  ];
  return [
    `CREATE TABLE IF NOT EXISTS ${table} (
  marker LowCardinality(String) CODEC(ZSTD(1)),
  day Date CODEC(ZSTD(1)),
  at DateTime('UTC') CODEC(Delta, ZSTD(1)),
  version UInt128 CODEC(ZSTD(1)),
  watermark_ms Int64 CODEC(ZSTD(1)),
  lines UInt32 CODEC(ZSTD(1)),
  ${columns.join(',\n  ')}
)
ENGINE = ${options.engine(table, 'ReplacingMergeTree', 'version')}
PARTITION BY ${partitions[level]}
ORDER BY (marker, at, ${key})
TTL ${ttlOf(level, options)}
SETTINGS ${durable}, ttl_only_drop_parts = 1`,
    levelView(shape, level),
  ];
}

/** The view that people read, over columns that must be there. */
export function levelView(shape: FiguresShape, level: Level): string {
  const table = levelTable(shape.name, level);
  const key = shape.key.map(([name]) => name).join(', ');
  const newest = `SELECT at, max(version) FROM ${table} WHERE marker = 'window' GROUP BY at`;
  return `CREATE OR REPLACE VIEW ${shape.name}_${level} AS
SELECT at AS ${level}, ${key}, ${[...shape.sums, ...shape.histograms].join(', ')}${viewOfLargest(shape)}
FROM ${table}
WHERE marker = '' AND (${isShown(shape)}) AND (at, version) IN (${newest})`;
}

function viewOfLargest(shape: FiguresShape): string {
  if (shape.largest.length === 0) return '';
  return `,
  slowest.1 AS slowest_ns, lower(hex(slowest.2)) AS slowest_trace_id, lower(hex(failed)) AS failed_trace_id`;
}
