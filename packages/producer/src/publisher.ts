import type { Clock } from '@spanloom/span';
import type { ChunkRecord } from '@spanloom/wire';
import type { Connection } from './connection.ts';

export interface PublisherOptions {
  readonly connect: () => Promise<Connection>;
  readonly clock: Clock;
  /** How long the records of one `publish` are tried, the wait for their turn included. */
  readonly timeoutMs: number;
}

/** Writes records, one send after the other, and anew where a send failed. */
export interface Publisher {
  /**
   * Resolves when all records are acknowledged. Rejects with the last failure when the time is over,
   * or at once where trying again cannot help; then each may be in the log or not.
   */
  publish(records: readonly ChunkRecord[]): Promise<void>;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
  /** Waits for what is under way, then disconnects. */
  close(): Promise<void>;
}

/** kafkajs groups in O(n²) above about 1,000 messages a send. */
const maxRecords = 1000;
/** One send is one record batch a partition, and a broker refuses it whole above 1 MB by default. */
const maxBytes = 900_000;

const firstPauseMs = 100;
const longestPauseMs = 1600;

export function createPublisher({ connect, clock, timeoutMs }: PublisherOptions): Publisher {
  let connection: Promise<Connection> | null = null;
  let last: Promise<void> = Promise.resolve();

  /** Closes it whenever it is there; nobody waits for that. */
  function discard(): void {
    connection?.then(({ close }) => close()).catch(() => undefined);
    connection = null;
  }

  async function attempt(records: readonly ChunkRecord[]): Promise<void> {
    connection ??= connect();
    await (await connection).send(records);
  }

  async function send(records: readonly ChunkRecord[], untilMs: number): Promise<void> {
    let failure: unknown = null;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      try {
        if (await inTime(attempt(records), untilMs)) return;
        throw late(timeoutMs, failure);
      } catch (error) {
        discard();
        failure = error;
        if (isFinal(error) || clock.now() + pauseMs >= untilMs) throw error;
        await clock.sleep(pauseMs);
      }
    }
  }

  /** False when the time is over; the work goes on then, and nobody listens. */
  async function inTime(work: Promise<void>, untilMs: number): Promise<boolean> {
    const done = new AbortController();
    const alarm = clock.sleep(Math.max(0, untilMs - clock.now()), done.signal).then(() => false);
    work.catch(() => undefined);
    try {
      return await Promise.race([work.then(() => true), alarm]);
    } finally {
      done.abort();
    }
  }

  async function sendAll(records: readonly ChunkRecord[], untilMs: number): Promise<void> {
    for (const batch of batchesOf(records)) await send(batch, untilMs);
  }

  return {
    publish(records) {
      const untilMs = clock.now() + timeoutMs;
      const published = last.then(() => sendAll(records, untilMs));
      last = published.catch(() => undefined);
      return published;
    },
    idle: () => last,
    async close() {
      await last;
      await connection?.then(({ close }) => close());
    },
  };
}

/** As few sends as the limits allow; a single larger record goes alone. */
export function batchesOf(records: readonly ChunkRecord[]): ChunkRecord[][] {
  const batches: ChunkRecord[][] = [];
  let batch: ChunkRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const recordBytes = record.key.length + record.value.length;
    if (batch.length > 0 && (batch.length === maxRecords || bytes + recordBytes > maxBytes)) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(record);
    bytes += recordBytes;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

/** Whether trying again cannot help. kafkajs wraps what it gave up on: the first cause says what it was. */
function isFinal(error: unknown): boolean {
  if (error instanceof Error && error.cause instanceof Error) return isFinal(error.cause);
  return error instanceof Error && 'retriable' in error && error.retriable === false;
}

function late(timeoutMs: number, failure: unknown): Error {
  const why = failure instanceof Error ? ` Before that: ${failure.message}` : '';
  return new Error(`Kafka did not acknowledge the spans within ${timeoutMs / 1000} s.${why}`, { cause: failure });
}
