import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';
import { compressFrameSync } from 'lz4-napi';
import { send } from '../client/request.ts';
import type { Batch, BatchId, BatchRecord, BatchTable } from '../port.ts';
import { type Table, dayOf } from '../tables/table.ts';
import type { Consistency } from './consistency.ts';
import type { KnownRows } from './known-rows.ts';

/** What makes one insert one block, known by its token: far above the limits of a batch (500,000 rows, 64 MB). */
export const oneBlock: ClickHouseSettings = {
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

/** How the sink writes. */
export interface Writer {
  readonly client: ClickHouseClient;
  readonly consistency: Consistency;
  readonly compress: boolean;
  /** Of the one table that has {@link Table.onceADay}. */
  readonly known: KnownRows;
}

/** `table/stream/partition/a-b`: whoever inserts this batch uses the same. */
export function tokenOf(table: BatchTable, id: BatchId): string {
  return `${table}/${id.stream}/${id.partition}/${id.a}-${id.b}`;
}

/** Inserts what the batch puts into the table, with its marker, as one block; nothing where all of it is known to be there. */
export async function insertBatch(writer: Writer, table: Table, batch: Batch): Promise<void> {
  const day = dayOf(batch.id);
  const keys = table.onceADay?.(batch) ?? null;
  if (keys !== null && writer.known.has(day, keys)) return;
  try {
    await insertBlock(writer, table, batch);
  } catch (error) {
    writer.known.forget();
    throw error;
  }
  if (keys !== null) writer.known.add(day, keys);
}

async function insertBlock({ client, consistency, compress }: Writer, table: Table, batch: Batch): Promise<void> {
  const block = table.block(batch);
  const bytes = compress ? compressFrameSync(Buffer.from(block.buffer, block.byteOffset, block.length)) : block;
  const token = tokenOf(table.name, batch.id);
  await consistency.insert(table.name, async () => {
    await send(client, {
      query: `INSERT INTO ${table.dataTable} FORMAT Native`,
      doing: `inserting ${token}`,
      settings: { ...oneBlock, ...consistency.insertSettings, insert_deduplication_token: token },
      body: { bytes, encoding: compress ? 'lz4' : null },
    });
  });
}

/** Writes the row of `sink_batches`; merges keep the one with the highest b, so that a repeat changes nothing. */
export async function recordBatch({ client, consistency }: Writer, record: BatchRecord): Promise<void> {
  await consistency.insert('sink_batches', async () => {
    await send(client, {
      query: `INSERT INTO sink_batches
  (stream, partition, a, b, append_time, watermark_offset, watermark_ms, fragments, spans, duplicate_spans)
SELECT {stream:String}, {partition:Int32}, {a:Int64}, {b:Int64}, fromUnixTimestamp64Milli({appendMs:Int64}, 'UTC'),
  {watermarkOffset:Int64}, {watermarkMs:Int64}, {fragments:UInt32}, {spans:UInt32}, {duplicateSpans:UInt32}`,
      doing: `recording ${record.id.stream}/${record.id.partition}/${record.id.a}-${record.id.b}`,
      parameters: {
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
      settings: { async_insert: 0, ...consistency.insertSettings },
    });
  });
}
