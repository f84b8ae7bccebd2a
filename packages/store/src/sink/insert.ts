import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';
import { Readable } from 'node:stream';
import { storeErrorOf } from '../client/errors.ts';
import type { Batch, BatchId, BatchRecord, BatchTable } from '../port.ts';
import type { Table } from '../tables/table.ts';

/** What makes one insert one block, known by its token: far above the limits of a batch (500,000 rows, 64 MB). */
const oneBlock: ClickHouseSettings = {
  async_insert: 0,
  insert_deduplicate: 1,
  max_insert_threads: '1',
  max_insert_block_size: '4000000',
  min_insert_block_size_rows: '4000000',
  min_insert_block_size_bytes: '1073741824',
  input_format_skip_unknown_fields: 0,
  // Merges do both anyway; doing them for each insert takes 8 µs of ClickHouse a span instead of 2.
  optimize_on_insert: 0,
  materialize_skip_indexes_on_insert: 0,
};

/** `table/stream/partition/a-b`: whoever inserts this batch uses the same. */
export function tokenOf(table: BatchTable, id: BatchId): string {
  return `${table}/${id.stream}/${id.partition}/${id.a}-${id.b}`;
}

/** Inserts what the batch puts into the table, with its marker, as one block. */
export async function insertBatch(client: ClickHouseClient, table: Table, batch: Batch): Promise<void> {
  const block = table.block(batch);
  try {
    const answer = await client.exec({
      query: `INSERT INTO ${table.dataTable} FORMAT Native`,
      // As one chunk: an array of bytes would otherwise be iterated byte by byte.
      values: Readable.from([block], { objectMode: false, highWaterMark: block.length }),
      clickhouse_settings: {
        ...oneBlock,
        insert_deduplication_token: tokenOf(table.name, batch.id),
      },
    });
    for await (const _ of answer.stream);
  } catch (error) {
    throw storeErrorOf(error, `inserting ${tokenOf(table.name, batch.id)}`);
  }
}

/** Writes the row of `sink_batches`; merges keep the one with the highest b, so that a repeat changes nothing. */
export async function recordBatch(client: ClickHouseClient, record: BatchRecord): Promise<void> {
  try {
    await client.command({
      query: `INSERT INTO sink_batches
  (stream, partition, a, b, append_time, watermark_offset, watermark_ms, fragments, spans, duplicate_spans)
SELECT {stream:String}, {partition:Int32}, {a:Int64}, {b:Int64}, fromUnixTimestamp64Milli({appendMs:Int64}, 'UTC'),
  {watermarkOffset:Int64}, {watermarkMs:Int64}, {fragments:UInt32}, {spans:UInt32}, {duplicateSpans:UInt32}`,
      query_params: {
        stream: record.id.stream,
        partition: record.id.partition,
        a: record.id.a,
        b: record.id.b,
        appendMs: record.id.appendTimeMs,
        watermarkOffset: record.watermark.offset,
        watermarkMs: record.watermark.streamTimeMs,
        fragments: record.fragments,
        spans: record.spans,
        duplicateSpans: record.duplicateSpans,
      },
      clickhouse_settings: { async_insert: 0 },
    });
  } catch (error) {
    throw storeErrorOf(error, `recording ${record.id.stream}/${record.id.partition}/${record.id.a}-${record.id.b}`);
  }
}
