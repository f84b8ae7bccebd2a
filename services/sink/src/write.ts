import type { Lease } from '@spanloom/log';
import { type Batch, type SinkStore, StoreError, batchTables } from '@spanloom/store';

/** Whether ClickHouse took the batch, or looked at the data and refused it. */
export type Written = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/**
 * Inserts a batch into every table. With `look`, a table that has the batch already is passed over:
 * tokens bridge retries, but not what happened before this claim.
 */
export async function writeBatch(store: SinkStore, lease: Lease, batch: Batch, look: boolean): Promise<Written> {
  for (const table of batchTables) {
    if (look && (await store.hasBlock(table, batch.id))) continue;
    lease.check();
    try {
      await store.insert(table, batch);
    } catch (error) {
      if (error instanceof StoreError && error.refused) return { ok: false, reason: error.message };
      throw error;
    }
  }
  return { ok: true };
}
