import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';
import { storeErrorOf } from '../client/errors.ts';
import type { ReadClient } from '../client/read-client.ts';
import { isShown, levelSeconds, levelTable, shapes } from './shape.ts';
import type { FiguresName, FiguresShape, Fold, FoldLimits, Level } from './shape.ts';

/** Windows to be rolled up in one go, and how. */
export interface Roll {
  readonly name: FiguresName;
  readonly level: Level;
  /** Starts of the windows, Unix seconds: hours of one day, or days of one month, in UTC. */
  readonly atSeconds: readonly [number, ...number[]];
  /** How far the figures were complete before this began, Unix milliseconds. */
  readonly watermarkMs: number;
  readonly limits: FoldLimits;
  /** 1 to 2^64 - 1, different in each attempt. */
  readonly attempt: bigint;
}

/** What a window holds once it was rolled up. */
export interface Rolled {
  readonly atSeconds: number;
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
 * Rolls windows up: hours out of their minutes, days out of their hours. Those in which nothing is are
 * left out. May be repeated and run by several at once: the one that read most counts, whole.
 */
export async function rollWindows(
  client: ClickHouseClient,
  read: ReadClient,
  roll: Roll,
  maxExecutionSeconds: number,
): Promise<Rolled[]> {
  const shape = shapes[roll.name];
  const ats = roll.atSeconds;
  const fromSeconds = Math.min(...ats);
  const toSeconds = Math.max(...ats) + levelSeconds[roll.level];
  const parameters = { fromSeconds, toSeconds, ats: [...ats] };
  try {
    await client.command({
      query: rollSql(shape, roll.level),
      query_params: {
        ...parameters,
        watermarkMs: roll.watermarkMs,
        attempt: String(roll.attempt),
        ...roll.limits,
      },
      clickhouse_settings: { ...oneBlock, max_execution_time: maxExecutionSeconds },
    });
  } catch (error) {
    throw storeErrorOf(error, `rolling up ${roll.name} by ${roll.level}`);
  }
  const rows = await read.rows<{ at_seconds: number; newest_lines: number; changes: string }>(
    `SELECT toUnixTimestamp(at) AS at_seconds, argMax(lines, version) AS newest_lines,
       toInt64(bitShiftRight(max(version), 64)) AS changes
     FROM ${levelTable(roll.name, roll.level)}
     WHERE marker = 'window' AND ${within('at')} AND toUnixTimestamp(at) IN {ats:Array(UInt32)}
     GROUP BY at
     ORDER BY at`,
    parameters,
  );
  return rows.map((row) => ({
    atSeconds: row.at_seconds,
    lines: row.newest_lines,
    changes: Number(row.changes),
  }));
}

function within(column: string): string {
  return `${column} >= toDateTime({fromSeconds:UInt32}, 'UTC') AND ${column} < toDateTime({toSeconds:UInt32}, 'UTC')`;
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
SELECT marker, toDate(v.at), v.at, bitShiftLeft(toUInt128(total), 64) + toUInt128({attempt:UInt64}),
  {watermarkMs:Int64}, if(marker = 'window', shown, 0),
  ${[...key.map((name) => `${name}_`), ...figures].map(blank).join(', ')}
FROM (
  SELECT *, row_number() OVER (PARTITION BY at) AS nth, countIf(${isShown(shape)}) OVER (PARTITION BY at) AS shown
  FROM (
    SELECT at, ${shape.key.map(([name]) => `${foldedName(shape, name)} AS ${name}_`).join(', ')},
      any(r.total) AS total, ${sumsOf('r')}
    FROM (
      SELECT *, sum(changes) OVER (PARTITION BY at) AS total, ${ranks(shape.folds)}
      FROM (
        SELECT *, ${callsOf(shape.folds)}
        FROM (
          SELECT at, ${key.join(', ')}, ${sumsOf('m')}, ${changesOf(level)} AS changes
          FROM ${sourceOf(shape, level)} AS m
          GROUP BY at, ${key.join(', ')}
        )
      )
    ) AS r
    GROUP BY at, ${key.map((name) => `${name}_`).join(', ')}
  )
) AS v
ARRAY JOIN if(nth = 1, ['', 'window'], ['']) AS marker
WHERE marker = 'window' OR ${isShown(shape)}`;
}

/** Comes out of the one reading that also gives the lines: they cannot tell of something else. */
function changesOf(level: Level): string {
  return level === 'hour' ? 'sum(m.changes)' : "sum(if(marker = 'window', toInt64(bitShiftRight(version, 64)), 0))";
}

function sourceOf(shape: FiguresShape, level: Level): string {
  if (level === 'hour') {
    return `(
            SELECT toStartOfHour(minute) AS at, * FROM ${shape.name}_minute_data
            WHERE marker = '' AND ${within('minute')} AND toUnixTimestamp(at) IN {ats:Array(UInt32)}
              AND day >= toDate(toDateTime({fromSeconds:UInt32} - 3600, 'UTC'))
              AND day <= toDate(toDateTime({toSeconds:UInt32} + 7 * 86400, 'UTC')))`;
  }
  const hours = levelTable(shape.name, 'hour');
  return `(
            SELECT * REPLACE (toStartOfDay(at, 'UTC') AS at) FROM ${hours}
            WHERE marker IN ('', 'window') AND ${within(`${hours}.at`)}
              AND toUnixTimestamp(toStartOfDay(${hours}.at, 'UTC')) IN {ats:Array(UInt32)}
              AND (${hours}.at, version) IN (
                SELECT at, max(version) FROM ${hours} WHERE marker = 'window' AND ${within('at')} GROUP BY at))`;
}

function callsOf(folds: readonly Fold[]): string {
  return folds
    .map(
      (fold, i) =>
        `sum(calls) OVER (PARTITION BY at, ${fold.of}, ${fold.with}, ${fold.column}, ${fold.where}) AS c${i}`,
    )
    .join(', ');
}

function ranks(folds: readonly Fold[]): string {
  return folds
    .map(
      (fold, i) => `dense_rank() OVER (PARTITION BY at, ${fold.of}, ${fold.where}
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
