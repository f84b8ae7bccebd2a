import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';
import { storeErrorOf } from '../client/errors.ts';
import type { ReadClient } from '../client/read-client.ts';
import { isShown, levelSeconds, levelTable, shapes } from './shape.ts';
import type { FiguresName, FiguresShape, Fold, FoldLimits, Level } from './shape.ts';

/** One window to be rolled up, and how. */
export interface Roll {
  readonly name: FiguresName;
  readonly level: Level;
  /** Unix seconds; the start of an hour or a day in UTC. */
  readonly atSeconds: number;
  /** How far the figures were complete before this began, Unix milliseconds. */
  readonly watermarkMs: number;
  readonly limits: FoldLimits;
  /** 1 to 2^64 - 1, different in each attempt. */
  readonly attempt: bigint;
}

/** What a window holds once it was rolled up. */
export interface Rolled {
  readonly lines: number;
  /** Of the minutes that are in it. */
  readonly changes: number;
}

/** One insert is one block, and so one part: see {@link createLevel}. */
const oneBlock: ClickHouseSettings = {
  max_insert_threads: '1',
  max_insert_block_size: '100000000',
  min_insert_block_size_rows: '100000000',
  min_insert_block_size_bytes: '100000000000',
  insert_deduplicate: 0,
  // A replica that lags must not make a window of what it has not yet.
  select_sequential_consistency: '1',
};

/**
 * Rolls one window up: an hour out of its minutes, a day out of its hours. Resolves with null where
 * there is nothing to roll up. May be repeated and run by several at once: the one that read most
 * counts, whole.
 */
export async function rollWindow(
  client: ClickHouseClient,
  read: ReadClient,
  roll: Roll,
  maxExecutionSeconds: number,
): Promise<Rolled | null> {
  const shape = shapes[roll.name];
  const table = levelTable(roll.name, roll.level);
  const parameters = {
    at: roll.atSeconds,
    end: roll.atSeconds + levelSeconds[roll.level],
    watermarkMs: roll.watermarkMs,
    attempt: String(roll.attempt),
    ...roll.limits,
  };
  try {
    await client.command({
      query: rollSql(shape, roll.level),
      query_params: parameters,
      clickhouse_settings: { ...oneBlock, max_execution_time: maxExecutionSeconds },
    });
  } catch (error) {
    throw storeErrorOf(error, `rolling up ${roll.name} by ${roll.level}`);
  }
  const [row] = await read.rows<{ lines: number; changes: string }>(
    `SELECT lines, toInt64(bitShiftRight(version, 64)) AS changes
     FROM ${table}
     WHERE marker = 'window' AND at = toDateTime({at:UInt32}, 'UTC')
     ORDER BY version DESC
     LIMIT 1`,
    { at: roll.atSeconds },
  );
  return row === undefined ? null : { lines: row.lines, changes: Number(row.changes) };
}

function rollSql(shape: FiguresShape, level: Level): string {
  const key = shape.key.map(([name]) => name);
  const largest = shape.largest.map(([name]) => name);
  const figures = [...shape.sums, ...shape.histograms, ...largest];
  const sumsOf = (of: string): string =>
    [
      ...shape.sums.map((name) => `sum(${of}.${name}) AS ${name}`),
      ...shape.histograms.map((name) => `mapFilter((b, n) -> n != 0, sumMap(${of}.${name})) AS ${name}`),
      ...largest.map((name) => `max(${of}.${name}) AS ${name}`),
    ].join(', ');
  const blank = (name: string): string => `if(marker = 'window', defaultValueOfArgumentType(v.${name}), v.${name})`;
  return `INSERT INTO ${levelTable(shape.name, level)}
  (marker, day, at, version, watermark_ms, lines, ${[...key, ...figures].join(', ')})
SELECT marker, toDate(toDateTime({at:UInt32}, 'UTC')), toDateTime({at:UInt32}, 'UTC'),
  bitShiftLeft(toUInt128(total), 64) + toUInt128({attempt:UInt64}), {watermarkMs:Int64},
  if(marker = 'window', shown, 0), ${[...key.map((name) => `${name}_`), ...figures].map(blank).join(', ')}
FROM (
  SELECT *, row_number() OVER () AS nth, countIf(${isShown(shape)}) OVER () AS shown
  FROM (
    SELECT ${shape.key.map(([name]) => `${foldedName(shape, name)} AS ${name}_`).join(', ')}, any(total) AS total,
      ${sumsOf('r')}
    FROM (
      SELECT *, sum(changes) OVER () AS total, ${ranks(shape.folds)}
      FROM (
        SELECT *, ${callsOf(shape.folds)}
        FROM (
          SELECT ${key.join(', ')}, ${sumsOf('m')}, ${changesOf(level)} AS changes
          FROM ${sourceOf(shape, level)}
          GROUP BY ${key.join(', ')}
        )
      )
    ) AS r
    GROUP BY ${key.map((name) => `${name}_`).join(', ')}
  )
) AS v
ARRAY JOIN if(nth = 1, ['', 'window'], ['']) AS marker
WHERE marker = 'window' OR ${isShown(shape)}`;
}

/** Sums of both come out of the one reading that also gives the lines: they cannot tell of something else. */
function changesOf(level: Level): string {
  return level === 'hour' ? 'sum(m.changes)' : "sum(if(marker = 'window', toInt64(bitShiftRight(version, 64)), 0))";
}

function sourceOf(shape: FiguresShape, level: Level): string {
  if (level === 'hour') {
    return `${shape.name}_minute_data AS m
          WHERE marker = '' AND minute >= toDateTime({at:UInt32}, 'UTC') AND minute < toDateTime({end:UInt32}, 'UTC')
            AND day >= toDate(toDateTime({at:UInt32} - 3600, 'UTC'))
            AND day <= toDate(toDateTime({end:UInt32} + 7 * 86400, 'UTC'))`;
  }
  const hours = levelTable(shape.name, 'hour');
  const within = "at >= toDateTime({at:UInt32}, 'UTC') AND at < toDateTime({end:UInt32}, 'UTC')";
  return `${hours} AS m
          WHERE marker IN ('', 'window') AND ${within} AND (at, version) IN (
            SELECT at, max(version) FROM ${hours} WHERE marker = 'window' AND ${within} GROUP BY at)`;
}

function callsOf(folds: readonly Fold[]): string {
  return folds
    .map((fold, i) => `sum(calls) OVER (PARTITION BY ${fold.of}, ${fold.with}, ${fold.column}, ${fold.where}) AS c${i}`)
    .join(', ');
}

function ranks(folds: readonly Fold[]): string {
  return folds
    .map(
      (fold, i) => `dense_rank() OVER (PARTITION BY ${fold.of}, ${fold.where}
        ORDER BY ${fold.column} = '(other)', c${i} DESC, ${fold.with}, ${fold.column}) AS rank${i}`,
    )
    .join(', ');
}

function foldedName(shape: FiguresShape, name: string): string {
  const at = shape.folds.findIndex((fold) => fold.column === name);
  const fold = shape.folds[at];
  return fold === undefined
    ? `r.${name}`
    : `if(rank${at} > {${fold.limit}:UInt32} AND (${fold.where}), '(other)', r.${name})`;
}
