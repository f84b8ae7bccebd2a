import type { ClickHouseClient } from '@clickhouse/client';
import { Readable } from 'node:stream';
import { storeErrorOf } from '../client/errors.ts';
import { nativeBlock } from './block.ts';
import type { NativeColumn } from './block.ts';

/** Inserts one block. With a token, ClickHouse keeps the first of those that have it. */
export async function insertBlock(
  client: ClickHouseClient,
  table: string,
  rows: number,
  columns: readonly NativeColumn[],
  token?: string,
): Promise<void> {
  const block = nativeBlock(rows, columns);
  try {
    const answer = await client.exec({
      query: `INSERT INTO ${table} (${columns.map((column) => column.name).join(', ')}) FORMAT Native`,
      // As one chunk: an array of bytes would otherwise be iterated byte by byte.
      values: Readable.from([block], { objectMode: false, highWaterMark: block.length }),
      clickhouse_settings: {
        async_insert: 0,
        ...(token === undefined
          ? { insert_deduplicate: 0 }
          : { insert_deduplicate: 1, insert_deduplication_token: token }),
      },
    });
    for await (const _ of answer.stream);
  } catch (error) {
    throw storeErrorOf(error, `inserting into ${table}`);
  }
}
