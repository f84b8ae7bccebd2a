import type { Batch, BatchTable, SinkStore } from '@spanloom/store';

/** For tests: what goes wrong with a store's writes, in the order in which they are asked for. */
export interface StoreFaults {
  /** Called before a write; a throw keeps it from happening. `batch` is null for `record`. */
  before: (step: BatchTable | 'record', batch: Batch | null) => void;
  /** Whether the block is lost, though the insert is answered as if it were there. */
  loses: (table: BatchTable, attempt: number) => boolean;
  /** Called after a write that happened; a throw hides that it did. */
  after: (step: BatchTable | 'record', batch: Batch | null) => void;
  /** Writes that happened. */
  readonly writes: (BatchTable | 'record')[];
}

export function noFaults(): StoreFaults {
  return { before: () => undefined, loses: () => false, after: () => undefined, writes: [] };
}

/** For tests: the same store with writes that fail on demand. */
export function faultyStore(store: SinkStore, faults: StoreFaults): SinkStore {
  return {
    ...store,
    async insert(table, batch, attempt = 1) {
      faults.before(table, batch);
      const sent = faults.loses(table, attempt) || (await store.insert(table, batch, attempt));
      faults.writes.push(table);
      faults.after(table, batch);
      return sent;
    },
    async record(record) {
      faults.before('record', null);
      await store.record(record);
      faults.writes.push('record');
      faults.after('record', null);
    },
  };
}
