import type { LogRecord } from '../../port.ts';
import { decodeBatches, endOfBatches } from '../wire/record-batch.ts';

/**
 * What was fetched of a partition ahead of its worker, as it came from the broker: opened when the
 * worker takes it, so that what nobody takes costs nothing.
 */
export interface Inbox {
  readonly partition: number;
  /** The offset after what it holds: where to fetch on. */
  readonly end: number;
  readonly bytes: number;
  /** There is more to fetch, as far as known: it need not be waited for. */
  readonly behind: boolean;
  /** Why nothing more can be fetched; null while it can. */
  readonly failure: Error | null;
  /** Drops what it holds unless it goes on from this offset; true where it did. */
  seek(offset: number): boolean;
  /**
   * Takes in what was fetched from an offset, of a partition that ended at `high` then; drops it if
   * the offset is not where it ends any more.
   */
  put(offset: number, set: Buffer, high: number): void;
  fail(offset: number, failure: Error): void;
  /** All that it holds. */
  take(): LogRecord[];
  /** Aborts at the next `put`, `fail` or `wake`. */
  arrival(): AbortSignal;
  wake(): void;
}

export function createInbox(partition: number): Inbox {
  let sets: Buffer[] = [];
  let bytes = 0;
  let start = -1;
  let end = -1;
  let behind = true;
  let failure: Error | null = null;
  let waiting: AbortController | null = null;

  function wake(): void {
    waiting?.abort();
    waiting = null;
  }

  return {
    partition,
    get end() {
      return end;
    },
    get bytes() {
      return bytes;
    },
    get behind() {
      return behind;
    },
    get failure() {
      return failure;
    },
    seek(offset) {
      if (offset === start && failure === null) return false;
      sets = [];
      bytes = 0;
      start = offset;
      end = offset;
      behind = true;
      failure = null;
      return true;
    },
    put(offset, set, high) {
      if (offset !== end) return;
      const after = endOfBatches(set);
      behind = (after ?? end) < high;
      if (after === null) return;
      sets.push(set);
      bytes += set.length;
      end = after;
      wake();
    },
    fail(offset, reason) {
      if (offset !== end) return;
      failure = reason;
      wake();
    },
    take() {
      const records: LogRecord[] = [];
      for (const set of sets) decodeBatches(set, start, records);
      sets = [];
      bytes = 0;
      start = end;
      return records;
    },
    arrival: () => (waiting ??= new AbortController()).signal,
    wake,
  };
}
