import type { ClickHouseClient } from '@clickhouse/client';
import type { ReadClient, ReadOptions } from '../client/read-client.ts';
import { dates, dateTimes, integers, longs, strings } from '../native/columns.ts';
import { insertBlock } from '../native/insert-block.ts';
import type { RollupWindow } from './window.ts';

/** What a rollup without a table of its own gave for a window. */
export interface RollupResult {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly lines: readonly Record<string, unknown>[];
}

/** Stores the lines of a window in place of those of any lower version. */
export async function saveResult(
  client: ClickHouseClient,
  window: RollupWindow,
  version: number,
  lines: readonly Record<string, unknown>[],
): Promise<void> {
  const rows = lines.length + 1;
  const same = <T>(value: T): T[] => Array.from({ length: rows }, () => value);
  await insertBlock(client, 'rollup_results', rows, [
    dates('day', same(Math.floor(window.fromSeconds / 86_400))),
    strings('name', same(window.name)),
    dateTimes('window_from', same(window.fromSeconds)),
    dateTimes('window_to', same(window.toSeconds)),
    integers(
      'row',
      'UInt32',
      Array.from({ length: rows }, (_, row) => row),
    ),
    longs('version', 'UInt64', same(version)),
    strings('line', ['', ...lines.map((line) => JSON.stringify(line))]),
  ]);
}

/** The results of the newest windows, newest first. */
export async function rollupResults(
  client: ReadClient,
  query: { readonly name: string; readonly windows: number },
  options?: ReadOptions,
): Promise<RollupResult[]> {
  const rows = await client.rows<{ from_seconds: number; to_seconds: number; lines: string[] }>(
    `SELECT toUnixTimestamp(window_from) AS from_seconds, toUnixTimestamp(window_to) AS to_seconds,
       arrayMap(pair -> pair.2, arraySort(groupArrayIf((row, line), row > 0))) AS lines
     FROM (
       SELECT *, max(version) OVER (PARTITION BY window_from, window_to) AS newest
       FROM rollup_results
       WHERE name = {name:String}
     )
     WHERE version = newest
     GROUP BY window_from, window_to
     ORDER BY window_from DESC
     LIMIT {windows:UInt32}`,
    query,
    options,
  );
  return rows.map((row) => ({
    fromSeconds: row.from_seconds,
    toSeconds: row.to_seconds,
    lines: row.lines.map((line) => JSON.parse(line) as Record<string, unknown>),
  }));
}
