import type { Lease } from '@spanloom/log';
import { type Batch, type BatchTable, type SinkStore, StoreError, batchTables } from '@spanloom/store';

/** Whether ClickHouse took the batch, or looked at the data and refused it. */
export type Written = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** Each but the last would be a crash of ClickHouse within the same millisecond of an insert. */
const maxAttempts = 10;

/**
 * Inserts a batch into every table. With `look`, somebody may have tried before this claim: tokens
 * bridge retries, but not that.
 */
export async function writeBatch(store: SinkStore, lease: Lease, batch: Batch, look: boolean): Promise<Written> {
  for (const table of batchTables) {
    try {
      if (look) {
        await insertWhereMissing(store, lease, table, batch);
      } else {
        lease.check();
        await store.insert(table, batch);
      }
    } catch (error) {
      if (error instanceof StoreError && error.refused) return { ok: false, reason: error.message };
      throw error;
    }
  }
  return { ok: true };
}

/**
 * A table that has the batch already is passed over. One that does not have it after an insert
 * remembers the token of a block that it lost: ClickHouse writes down the token first, and may be
 * killed before the block has its place. Whoever comes to know that goes on with the next token.
 */
async function insertWhereMissing(store: SinkStore, lease: Lease, table: BatchTable, batch: Batch): Promise<void> {
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    if (await store.hasBlock(table, batch.id)) return;
    lease.check();
    if (!(await store.insert(table, batch, attempt))) return;
  }
  if (await store.hasBlock(table, batch.id)) return;
  const { stream, partition, a, b } = batch.id;
  throw new StoreError(
    `${table} took batch [${a}, ${b}) of partition ${partition} of stream ${stream} ${maxAttempts} times, and does not have it`,
    'broken',
  );
}
