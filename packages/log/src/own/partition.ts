/** The owner of one partition: one worker after another, each fed with what the log has. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '@spanloom/span';
import { OutOfRangeError } from '../errors.ts';
import type { JoinOptions, Lease, LogRecord, PartitionWorker } from '../port.ts';
import type { Gate } from './gate.ts';

const FIRST_BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 5_000;

/** Where a worker's records come from. */
export interface Feed {
  /**
   * The next records from a position on; empty when there were none for the time after which a
   * worker is told that it is idle, or at once when the signal aborts.
   */
  next(position: number, signal: AbortSignal): Promise<readonly LogRecord[]>;
  close(): void;
}

export interface Ownership {
  readonly partition: number;
  readonly join: JoinOptions;
  readonly clock: Clock;
  readonly gate: Gate;
  readonly stop: AbortSignal;
  /** A right for each worker of its own. */
  readonly grant: () => Granted;
  readonly openFeed: () => Feed;
}

export interface Granted {
  readonly lease: Lease;
  readonly revoke: () => void;
}

/** One worker after another, until told to stop. Rejects with what no new worker can mend. */
export async function ownPartition(own: Ownership): Promise<void> {
  const { clock, join, partition, stop, gate } = own;
  let backoffMs = FIRST_BACKOFF_MS;
  const progressed = (): void => void (backoffMs = FIRST_BACKOFF_MS);
  while (await gate.opened()) {
    try {
      await runWorker(own, progressed);
    } catch (error) {
      if (!(error instanceof Error) || !isRetryable(error)) throw error;
      // What is no longer ours need not work.
      if (stop.aborted) return;
      join.onRetry?.(partition, error);
      await clock.sleep(backoffMs, stop);
      backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS);
    }
  }
}

async function runWorker(own: Ownership, progressed: () => void): Promise<void> {
  const { lease, revoke } = own.grant();
  try {
    const worker = own.join.worker(lease);
    try {
      await feedWorker(worker, own, progressed);
    } catch (error) {
      // The first failure says why; one of closing what already failed would hide it.
      await worker.close().catch(() => undefined);
      throw error;
    }
    await worker.close();
  } finally {
    revoke();
  }
}

/** @param progressed called after records were processed: the next failure is a new one. */
async function feedWorker(worker: PartitionWorker, own: Ownership, progressed: () => void): Promise<void> {
  const { gate } = own;
  let { turn } = gate;
  let position = await gate.run(() => worker.open());
  const feed = own.openFeed();
  try {
    while (await gate.opened()) {
      if (turn !== gate.turn) {
        ({ turn } = gate);
        await gate.run(() => worker.resume());
        continue;
      }
      const records = await feed.next(position, gate.signal);
      if (!gate.open) continue;
      const last = records.at(-1);
      if (last === undefined) {
        await gate.run(() => worker.idle());
        continue;
      }
      await gate.run(() => worker.process(records));
      position = last.offset + 1;
      progressed();
      // A worker that only computes would otherwise keep sockets and timers of the process waiting.
      await nextTurn();
    }
  } finally {
    feed.close();
  }
}

/**
 * Retention may pass a worker that lags; a new one finds out, and counts, what expired. An offset
 * above the log is another matter: that log was made anew.
 */
function isRetryable(error: Error): boolean {
  if (error instanceof OutOfRangeError) return error.offset < error.low;
  return 'retryable' in error && error.retryable === true;
}
