import type { ReadClient } from '../client/read-client.ts';
import { RowReader } from '../native/row-reader.ts';
import type { BatchId, BatchRecord, Before } from '../port.ts';
import type { Table } from '../tables/table.ts';
import { dayOf, markerOf } from '../tables/table.ts';

/** The sink reads all there is: its own bounds are those of a partition and an hour. */
export const unlimited = { maxResultRows: 0, maxExecutionSeconds: 120 } as const;

export async function lastBatch(client: ReadClient, stream: string, partition: number): Promise<BatchRecord | null> {
  const [row] = await client.rows<Record<string, string>>(
    `SELECT a, b, toUnixTimestamp64Milli(append_time) AS append_ms, watermark_offset, watermark_ms,
       fragments, spans, duplicate_spans
     FROM sink_batches
     WHERE stream = {stream:String} AND partition = {partition:Int32}
     ORDER BY b DESC
     LIMIT 1`,
    { stream, partition },
  );
  if (row === undefined) return null;
  const number = (name: string): number => Number(row[name]);
  return {
    id: { stream, partition, a: number('a'), b: number('b'), appendTimeMs: number('append_ms') },
    watermark: { offset: number('watermark_offset'), streamTimeMs: number('watermark_ms') },
    fragments: number('fragments'),
    spans: number('spans'),
    duplicateSpans: number('duplicate_spans'),
  };
}

/** Whether a marker of the partition and day of the batch is at or above its b. */
export async function hasBlock(client: ReadClient, table: Table, id: BatchId): Promise<boolean> {
  const [row] = await client.rows<{ highest: string }>(
    `SELECT max(marker_b) AS highest
     FROM ${table.dataTable}
     WHERE marker = {marker:String} AND day = toDate({day:UInt16})`,
    { marker: markerOf(id), day: dayOf(id) },
  );
  return Number(row?.highest ?? 0) >= id.b;
}

export async function chunkOffsets(client: ReadClient, before: Before, fromOffset: number): Promise<number[]> {
  const reader = new RowReader(
    await client.bytes(
      `SELECT arrayJoin(arrayFilter(chunk -> chunk >= {fromOffset:Int64}, chunk_offsets))
       FROM fragments_data
       WHERE ${standsBefore} AND last_chunk_offset >= {fromOffset:Int64}`,
      'RowBinary',
      { ...before, fromOffset },
      unlimited,
    ),
  );
  const offsets: number[] = [];
  while (reader.more) offsets.push(Number(reader.int64()));
  return offsets;
}

export async function traceIds(client: ReadClient, before: Before, sinceMs: number): Promise<Uint8Array[]> {
  const reader = new RowReader(
    await client.bytes(
      `SELECT trace_id FROM fragments_data WHERE ${standsBefore} AND ${appendedSince}`,
      'RowBinary',
      { ...before, sinceMs },
      unlimited,
    ),
  );
  const ids: Uint8Array[] = [];
  while (reader.more) ids.push(reader.fixed(16));
  return ids;
}

/** Fragments of a partition of `traces` below an offset of it. */
export const standsBefore = `marker = '' AND stream = {stream:String} AND partition = {partition:Int32}
         AND position < {below:Int64}`;

export const appendedSince = `day >= toDate(fromUnixTimestamp64Milli({sinceMs:Int64}, 'UTC'))
         AND append_time >= fromUnixTimestamp64Milli({sinceMs:Int64}, 'UTC')`;
