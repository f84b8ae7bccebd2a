/** Ownership within one process: whoever joins gets every partition of the topic until it leaves. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '@spanloom/span';
import { LeaseLostError, OutOfRangeError } from '../../errors.ts';
import type { Committed, JoinOptions, Lease, LogRecord, Membership, PartitionWorker } from '../../port.ts';
import { placeName, type Place } from '../format/keys.ts';
import type { Notices } from './notice.ts';

const FIRST_BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 5_000;

export interface MembershipOptions {
  readonly join: JoinOptions;
  readonly places: readonly Place[];
  readonly clock: Clock;
  readonly notices: Notices;
  readonly read: (where: Place, from: number) => Promise<LogRecord[]>;
  readonly commit: (where: Place, committed: Committed) => Promise<void>;
}

export function startMembership(options: MembershipOptions): Membership {
  const stop = new AbortController();
  const runs = options.places.map((where) =>
    ownPartition(where, options, stop.signal).catch((error: unknown) => {
      // One partition without an owner is a pipeline that stands still: all end, and ended tells.
      stop.abort();
      throw error;
    }),
  );
  const closed = Promise.allSettled(runs);
  return {
    ended: Promise.all(runs).then(() => undefined),
    async leave() {
      stop.abort();
      await closed;
    },
  };
}

/** One worker after another, until told to stop. Rejects with what no new worker can mend. */
async function ownPartition(where: Place, options: MembershipOptions, stop: AbortSignal): Promise<void> {
  const { clock, join } = options;
  let backoffMs = FIRST_BACKOFF_MS;
  while (!stop.aborted) {
    const progressed = (): void => void (backoffMs = FIRST_BACKOFF_MS);
    try {
      await runWorker(where, options, { stop, progressed });
    } catch (error) {
      if (!(error instanceof Error) || !isRetryable(error)) throw error;
      join.onRetry?.(where.partition, error);
      await clock.sleep(backoffMs, stop);
      backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS);
    }
  }
}

interface Run {
  readonly stop: AbortSignal;
  /** Called after records were processed: the next failure is a new one. */
  readonly progressed: () => void;
}

async function runWorker(where: Place, options: MembershipOptions, run: Run): Promise<void> {
  const { lease, revoke } = grant(where, options.commit);
  try {
    const worker = options.join.worker(lease);
    try {
      await feed(worker, where, options, run);
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

async function feed(
  worker: PartitionWorker,
  where: Place,
  { clock, join, notices, read }: MembershipOptions,
  { stop, progressed }: Run,
): Promise<void> {
  let position = await worker.open();
  const bell = createBell(notices, placeName(where), stop);
  try {
    while (!stop.aborted) {
      bell.arm();
      const records = await read(where, position);
      const last = records.at(-1);
      if (last === undefined) {
        if (!(await bell.rings(join.idleMs, clock))) await worker.idle();
        continue;
      }
      await worker.process(records);
      position = last.offset + 1;
      progressed();
      // A worker that only computes would otherwise keep sockets and timers of the process waiting.
      await nextTurn();
    }
  } finally {
    bell.close();
  }
}

/** Rings at an append, and when it is time to stop. */
interface Bell {
  /** From now on a ring is remembered. Call before reading, so that none falls in between. */
  arm(): void;
  /** True when it rang since it was armed, or rings within `ms`. */
  rings(ms: number, clock: Clock): Promise<boolean>;
  close(): void;
}

function createBell(notices: Notices, name: string, stop: AbortSignal): Bell {
  let rung = new AbortController();
  const ring = (): void => rung.abort();
  const unlisten = notices.listen(name, ring);
  stop.addEventListener('abort', ring);
  return {
    arm() {
      if (rung.signal.aborted && !stop.aborted) rung = new AbortController();
    },
    async rings(ms, clock) {
      const { signal } = rung;
      if (!signal.aborted) await clock.sleep(ms, signal);
      return signal.aborted;
    },
    close() {
      unlisten();
      stop.removeEventListener('abort', ring);
    },
  };
}

function grant(where: Place, commit: MembershipOptions['commit']): { lease: Lease; revoke: () => void } {
  let live = true;
  const check = (): void => {
    if (!live) throw new LeaseLostError(where.partition);
  };
  return {
    lease: {
      partition: where.partition,
      check,
      async commit(offset, metadata) {
        check();
        await commit(where, { offset, metadata });
      },
    },
    revoke: () => void (live = false),
  };
}

/**
 * Retention may pass a worker that lags; a new one finds out, and counts, what expired. An offset
 * above the log is another matter: that log was made anew.
 */
function isRetryable(error: Error): boolean {
  if (error instanceof OutOfRangeError) return error.offset < error.low;
  return 'retryable' in error && error.retryable === true;
}
