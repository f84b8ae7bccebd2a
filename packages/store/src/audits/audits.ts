import type { ClickHouseClient } from '@clickhouse/client';
import type { ReadClient, ReadOptions } from '../client/read-client.ts';
import { dates, integers, longs, strings } from '../native/columns.ts';
import { insertBlock } from '../native/insert-block.ts';

/** What an audit found, summed over all partitions. Counts are of chunks, and offsets of `spans`. */
export interface AuditRecord {
  readonly stream: string;
  /** Unix milliseconds. */
  readonly endedMs: number;
  readonly durationMs: number;
  readonly partitions: number;
  /** That the log holds, of what is young enough to be looked at. */
  readonly acknowledged: number;
  readonly stored: number;
  readonly deadLettered: number;
  readonly inFlight: number;
  readonly missing: number;
  readonly doubled: number;
  /** Stored, though the log holds no such chunk. */
  readonly unknown: number;
  readonly expiredUnread: number;
  /** None of the last four. */
  readonly clean: boolean;
}

const counts = {
  acknowledged: 'acknowledged',
  stored: 'stored',
  dead_lettered: 'deadLettered',
  in_flight: 'inFlight',
  missing: 'missing',
  doubled: 'doubled',
  unknown: 'unknown',
  expired_unread: 'expiredUnread',
} as const satisfies Record<string, keyof AuditRecord>;

/** Rejects with a `StoreError`, also where this user may not write. */
export async function recordAudit(client: ClickHouseClient, audit: AuditRecord): Promise<void> {
  await insertBlock(client, 'audits', 1, [
    dates('day', [Math.floor(audit.endedMs / 86_400_000)]),
    strings('stream', [audit.stream]),
    longs('ended', "DateTime64(3, 'UTC')", [Math.round(audit.endedMs)]),
    integers('duration_ms', 'UInt32', [Math.round(audit.durationMs)]),
    integers('partitions', 'UInt32', [audit.partitions]),
    ...Object.entries(counts).map(([column, name]) => longs(column, 'UInt64', [audit[name]])),
    integers('clean', 'UInt8', [audit.clean ? 1 : 0]),
  ]);
}

/** The last audit of a stream, of the 90 days that are kept; null where there was none. */
export async function lastAudit(
  client: ReadClient,
  stream: string,
  options?: ReadOptions,
): Promise<AuditRecord | null> {
  const [row] = await client.rows<Record<string, string>>(
    `SELECT toUnixTimestamp64Milli(ended) AS ended_ms, duration_ms, partitions, ${Object.keys(counts).join(', ')}, clean
     FROM audits
     WHERE stream = {stream:String}
     ORDER BY ended DESC
     LIMIT 1`,
    { stream },
    options,
  );
  if (row === undefined) return null;
  const number = (column: string): number => Number(row[column]);
  return {
    stream,
    endedMs: number('ended_ms'),
    durationMs: number('duration_ms'),
    partitions: number('partitions'),
    acknowledged: number('acknowledged'),
    stored: number('stored'),
    deadLettered: number('dead_lettered'),
    inFlight: number('in_flight'),
    missing: number('missing'),
    doubled: number('doubled'),
    unknown: number('unknown'),
    expiredUnread: number('expired_unread'),
    clean: number('clean') === 1,
  };
}
