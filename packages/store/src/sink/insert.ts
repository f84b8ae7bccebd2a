import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';
import { compressFrameSync } from 'lz4-napi';
import { send } from '../client/request.ts';
import type { Batch, BatchId, BatchTable } from '../port.ts';
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

/** `table/stream/partition/a-b`, and the attempt from the second on: whoever inserts this batch uses the same. */
function tokenOf(table: BatchTable, id: BatchId, attempt: number): string {
  const token = `${table}/${nameOf(id)}`;
  return attempt === 1 ? token : `${token}/${attempt}`;
}

/** `stream/partition/a-b`. */
export function nameOf({ stream, partition, a, b }: BatchId): string {
  return `${stream}/${partition}/${a}-${b}`;
}

/** See `SinkStore.insert`. */
export async function insertBatch(writer: Writer, table: Table, batch: Batch, attempt: number): Promise<boolean> {
  const day = dayOf(batch.id);
  const keys = table.onceADay?.(batch) ?? null;
  if (attempt === 1 && keys !== null && writer.known.has(day, keys)) return false;
  try {
    await insertBlock(writer, table, batch, attempt);
  } catch (error) {
    writer.known.forget();
    throw error;
  }
  if (keys !== null) writer.known.add(day, keys);
  return true;
}

async function insertBlock(writer: Writer, table: Table, batch: Batch, attempt: number): Promise<void> {
  const { client, consistency, compress } = writer;
  const block = table.block(batch);
  const bytes = compress ? compressFrameSync(Buffer.from(block.buffer, block.byteOffset, block.length)) : block;
  const token = tokenOf(table.name, batch.id, attempt);
  await consistency.insert(table.name, async () => {
    await send(client, {
      query: `INSERT INTO ${table.dataTable} FORMAT Native`,
      doing: `inserting ${token}`,
      settings: { ...oneBlock, ...consistency.insertSettings, insert_deduplication_token: token },
      body: { bytes, encoding: compress ? 'lz4' : null },
    });
  });
}
