import type { TraceId } from '@spanloom/span';
import type { ReadClient, ReadOptions } from '../client/read-client.ts';

/** How far a partition of `traces` is stored, and when that was appended. */
export interface SinkProgress {
  readonly stream: string;
  readonly partition: number;
  /** Records below this offset of `traces` are stored. */
  readonly b: number;
  /** Append time of the last batch, Unix milliseconds: no later one is older. */
  readonly appendTimeMs: number;
}

export async function sinkProgress(client: ReadClient, options?: ReadOptions): Promise<SinkProgress[]> {
  const rows = await client.rows<{ stream: string; partition: number; last_b: string; append_ms: string }>(
    `SELECT stream, partition, max(b) AS last_b, toUnixTimestamp64Milli(argMax(append_time, b)) AS append_ms
     FROM sink_batches
     GROUP BY stream, partition
     ORDER BY stream, partition`,
    {},
    options,
  );
  return rows.map((row) => ({
    stream: row.stream,
    partition: row.partition,
    b: Number(row.last_b),
    appendTimeMs: Number(row.append_ms),
  }));
}

/** Records of a partition of `traces` at or above `from` and below `to`, appended at or after `sinceMs`. */
export interface NewTracesQuery {
  readonly stream: string;
  readonly partition: number;
  readonly from: number;
  readonly to: number;
  readonly sinceMs: number;
  readonly limit: number;
}

export interface NewTraces {
  /** Those written last, each once. */
  readonly traceIds: readonly TraceId[];
  /** How many there are in all. */
  readonly total: number;
}

export async function newTraces(client: ReadClient, query: NewTracesQuery, options?: ReadOptions): Promise<NewTraces> {
  const rows = await client.rows<{ id: TraceId; total: string }>(
    `SELECT lower(hex(trace_id)) AS id, count() OVER () AS total
     FROM fragments_data
     WHERE marker = '' AND day >= toDate(fromUnixTimestamp64Milli({sinceMs:Int64}, 'UTC'))
       AND append_time >= fromUnixTimestamp64Milli({sinceMs:Int64}, 'UTC')
       AND stream = {stream:String} AND partition = {partition:Int32}
       AND position >= {from:Int64} AND position < {to:Int64} AND spans > 0
     GROUP BY trace_id
     ORDER BY max(position) DESC
     LIMIT {limit:UInt32}`,
    { ...query },
    options,
  );
  return { traceIds: rows.map((row) => row.id), total: Number(rows[0]?.total ?? 0) };
}
