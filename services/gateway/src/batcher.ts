import type { NewRecord } from '@spanloom/log';

/** One send is cut at whichever of these comes first; a single larger record goes alone. */
export interface BatchLimits {
  /** kafkajs groups in O(n²) above about 1,000 messages a send. */
  readonly maxRecords: number;
  /** Of keys and values. One send is one record batch, and a broker refuses it whole above 1 MB by default. */
  readonly maxBytes: number;
}

/** Turns concurrent requests for one partition into few appends. */
export interface Batcher {
  /**
   * Resolves when all `records` are durable. Rejects with the append's error when the append that
   * carried any of them failed: then each of them may or may not be in the log, and those not yet
   * sent will not be.
   */
  add(records: readonly NewRecord[]): Promise<void>;
}

/** The records of one `add` that are not yet durable. */
interface Ticket {
  pending: number;
  failed: boolean;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface Waiting {
  readonly record: NewRecord;
  readonly bytes: number;
  readonly ticket: Ticket;
}

/**
 * Never more than one append is outstanding: an idempotent Kafka producer needs that, and while
 * one is under way the next requests gather, so batches grow with the load by themselves.
 */
export function createBatcher(
  append: (records: readonly NewRecord[]) => Promise<unknown>,
  limits: BatchLimits,
): Batcher {
  let queue: Waiting[] = [];
  let appending = false;

  async function appendAll(): Promise<void> {
    appending = true;
    while (queue.length > 0) {
      const size = batchSize(queue, limits);
      const batch = queue.slice(0, size);
      queue = queue.slice(size);
      try {
        await append(batch.map((waiting) => waiting.record));
        for (const { ticket } of batch) if (--ticket.pending === 0) ticket.resolve();
      } catch (error) {
        for (const { ticket } of batch) {
          ticket.failed = true;
          ticket.reject(error);
        }
        queue = queue.filter((waiting) => !waiting.ticket.failed);
      }
    }
    appending = false;
  }

  return {
    add(records) {
      if (records.length === 0) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const ticket: Ticket = { pending: records.length, failed: false, resolve, reject };
        for (const record of records) queue.push({ record, bytes: recordBytes(record), ticket });
        if (!appending) void appendAll();
      });
    },
  };
}

/** How many of the first records go together; at least one. */
function batchSize(queue: readonly Waiting[], limits: BatchLimits): number {
  let bytes = 0;
  let count = 0;
  for (const waiting of queue) {
    bytes += waiting.bytes;
    if (count > 0 && (count === limits.maxRecords || bytes > limits.maxBytes)) break;
    count++;
  }
  return count;
}

function recordBytes(record: NewRecord): number {
  return (record.key?.length ?? 0) + (record.value?.length ?? 0);
}
