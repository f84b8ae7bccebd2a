import type { ClickHouseClient } from '@clickhouse/client';
import { storeErrorOf } from '../client/errors.ts';
import type { ReadClient, ReadOptions } from '../client/read-client.ts';
import { daysOfMinutes } from '../queries/day.ts';
import { levelTable } from './shape.ts';
import type { FiguresName, Level } from './shape.ts';

/** What a level has of a window. */
export interface WindowState {
  /** Start, Unix seconds. */
  readonly atSeconds: number;
  /** Of the minutes that were rolled up. */
  readonly changes: number;
  /** No span can change the window any more. */
  readonly sealed: boolean;
}

/** The windows of a level that begin in `[fromSeconds, toSeconds)` and were rolled up, in order. */
export async function windowStates(
  client: ReadClient,
  name: FiguresName,
  level: Level,
  [fromSeconds, toSeconds]: readonly [number, number],
  options?: ReadOptions,
): Promise<WindowState[]> {
  const rows = await client.rows<{ at_seconds: number; changes: string; sealed: number }>(
    `SELECT toUnixTimestamp(at) AS at_seconds,
       toInt64(bitShiftRight(maxIf(version, marker = 'window'), 64)) AS changes,
       max(toInt64(if(marker = 'sealed', toInt64(bitShiftRight(version, 64)), -1))) = changes AS sealed
     FROM ${levelTable(name, level)}
     WHERE marker IN ('window', 'sealed')
       AND at >= toDateTime({fromSeconds:UInt32}, 'UTC') AND at < toDateTime({toSeconds:UInt32}, 'UTC')
     GROUP BY at
     ORDER BY at`,
    { fromSeconds, toSeconds },
    options,
  );
  return rows.map((row) => ({
    atSeconds: row.at_seconds,
    changes: Number(row.changes),
    sealed: row.sealed === 1,
  }));
}

/** The sum of `changes` of the minutes of each hour, by the hour's start in Unix seconds. Hours without any are left out. */
export async function minuteChanges(
  client: ReadClient,
  name: FiguresName,
  [fromSeconds, toSeconds]: readonly [number, number],
  options?: ReadOptions,
): Promise<ReadonlyMap<number, number>> {
  if (toSeconds <= fromSeconds) return new Map();
  const rows = await client.rows<{ at: number; changes: string }>(
    `SELECT toUnixTimestamp(toStartOfHour(minute)) AS at, sum(m.changes) AS changes
     FROM ${name}_minute_data AS m
     WHERE marker = '' AND ${daysOfMinutes}
       AND minute >= toDateTime({fromMinute:UInt32} * 60, 'UTC') AND minute < toDateTime({toMinute:UInt32} * 60, 'UTC')
     GROUP BY at
     HAVING changes > 0`,
    { fromMinute: Math.floor(fromSeconds / 60), toMinute: Math.floor(toSeconds / 60) },
    options,
  );
  return new Map(rows.map((row) => [row.at, Number(row.changes)]));
}

/** An insert may touch at most 100 partitions; these are of weeks or months. */
const sealsPerInsert = 500;

/** Notes that no span can change these windows any more: whoever reads them need not look at the minutes. */
export async function sealWindows(
  client: ClickHouseClient,
  name: FiguresName,
  level: Level,
  windows: readonly Pick<WindowState, 'atSeconds' | 'changes'>[],
): Promise<void> {
  for (let from = 0; from < windows.length; from += sealsPerInsert) {
    // Numbers of our own, in the text and not bound: parameters travel in the address, which is short.
    const pairs = windows.slice(from, from + sealsPerInsert).map((each) => `(${each.atSeconds}, ${each.changes})`);
    try {
      await client.command({
        query: `INSERT INTO ${levelTable(name, level)} (marker, day, at, version)
SELECT 'sealed', toDate(toDateTime(w.1, 'UTC')), toDateTime(w.1, 'UTC'), bitShiftLeft(toUInt128(w.2), 64)
FROM (SELECT arrayJoin([${pairs.join(', ')}]) AS w)`,
        clickhouse_settings: { insert_deduplicate: 0 },
      });
    } catch (error) {
      throw storeErrorOf(error, `sealing ${name} by ${level}`);
    }
  }
}
