import type { ClickHouseClient } from '@clickhouse/client';
import type { ReadClient, ReadOptions } from '../client/read-client.ts';
import { dates, dateTimes, integers, longs, strings } from '../native/columns.ts';
import { insertBlock } from '../native/insert-block.ts';
import type { RollupWindow } from './window.ts';

/** One attempt at one window. */
export interface RollupRun extends RollupWindow {
  /** Counts from 1 in each window. */
  readonly attempt: number;
  readonly status: 'running' | 'done' | 'failed';
  /** Lines that it wrote. */
  readonly rows: number;
  /** Unix milliseconds. */
  readonly startedMs: number;
  readonly durationMs: number;
  /** How far the figures were complete when it began, Unix milliseconds; 0: not known. */
  readonly watermarkMs: number;
  /** Who ran it. */
  readonly scheduler: string;
  /** Empty unless it failed. */
  readonly error: string;
}

/** Records runs; one that ended takes the place of the same that began. */
export async function recordRuns(client: ClickHouseClient, runs: readonly RollupRun[]): Promise<void> {
  if (runs.length === 0) return;
  const text = (name: string, value: (run: RollupRun) => string): ReturnType<typeof strings> =>
    strings(name, runs.map(value));
  const seconds = (name: string, value: (run: RollupRun) => number): ReturnType<typeof strings> =>
    dateTimes(name, runs.map(value));
  const long = (name: string, type: string, value: (run: RollupRun) => number): ReturnType<typeof strings> =>
    longs(
      name,
      type,
      runs.map((run) => Math.round(value(run))),
    );
  await insertBlock(client, 'rollup_runs', runs.length, [
    // One month, and so one part: the partition of a run is that of its beginning.
    dates(
      'day',
      runs.map((run) => Math.floor(run.startedMs / 86_400_000)),
    ),
    text('name', (run) => run.name),
    seconds('window_from', (run) => run.fromSeconds),
    seconds('window_to', (run) => run.toSeconds),
    long('attempt', 'UInt64', (run) => run.attempt),
    text('status', (run) => run.status),
    integers(
      'ended',
      'UInt8',
      runs.map((run) => (run.status === 'running' ? 0 : 1)),
    ),
    long('rows', 'UInt64', (run) => run.rows),
    long('started', "DateTime64(3, 'UTC')", (run) => run.startedMs),
    integers(
      'duration_ms',
      'UInt32',
      runs.map((run) => Math.round(run.durationMs)),
    ),
    long('watermark_ms', 'Int64', (run) => run.watermarkMs),
    text('scheduler', (run) => run.scheduler),
    text('error', (run) => run.error.slice(0, 2000)),
  ]);
}

export interface RollupRunsQuery {
  readonly limit: number;
  readonly name?: string;
  readonly status?: RollupRun['status'];
}

/** The runs that began last, newest first. */
export async function rollupRuns(
  client: ReadClient,
  query: RollupRunsQuery,
  options?: ReadOptions,
): Promise<RollupRun[]> {
  const rows = await client.rows<Record<string, string>>(
    `SELECT name, toUnixTimestamp(window_from) AS from_seconds, toUnixTimestamp(window_to) AS to_seconds, attempt,
       status, rows, toUnixTimestamp64Milli(started) AS started_ms, duration_ms, watermark_ms, scheduler, error
     FROM rollup_runs FINAL
     WHERE 1
       ${query.name === undefined ? '' : 'AND name = {name:String}'}
       ${query.status === undefined ? '' : 'AND status = {status:String}'}
     ORDER BY started DESC, window_from DESC, attempt DESC
     LIMIT {limit:UInt32}`,
    { limit: query.limit, name: query.name ?? '', status: query.status ?? 'done' },
    options,
  );
  return rows.map((row) => {
    const number = (name: string): number => Number(row[name]);
    return {
      name: row['name'] ?? '',
      fromSeconds: number('from_seconds'),
      toSeconds: number('to_seconds'),
      attempt: number('attempt'),
      status: row['status'] as RollupRun['status'],
      rows: number('rows'),
      startedMs: number('started_ms'),
      durationMs: number('duration_ms'),
      watermarkMs: number('watermark_ms'),
      scheduler: row['scheduler'] ?? '',
      error: row['error'] ?? '',
    };
  });
}

/** Starts, in Unix seconds, of the windows of a rollup that are done and end after `sinceSeconds`; up to now. */
export async function doneWindows(
  client: ReadClient,
  name: string,
  sinceSeconds: number,
): Promise<ReadonlySet<number>> {
  const rows = await client.rows<{ at: number }>(
    `SELECT DISTINCT toUnixTimestamp(window_from) AS at
     FROM rollup_runs
     WHERE name = {name:String} AND status = 'done' AND window_to > toDateTime({sinceSeconds:UInt32}, 'UTC')`,
    { name, sinceSeconds },
  );
  return new Set(rows.map((row) => row.at));
}
