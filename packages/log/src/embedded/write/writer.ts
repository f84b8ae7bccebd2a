import type { Clock } from '@spanloom/span';
import { LogError } from '../../errors.ts';
import type { Appended, Committed, Lease, NewRecord } from '../../port.ts';
import { MAX_RECORD_BYTES, recordBytes } from '../format/block.ts';
import { reasonOf, type LogDatabase } from '../database.ts';
import { placeName, type BlockKey, type Place } from '../format/keys.ts';
import type { Ledger } from './ledger.ts';
import type { RecentBlocks } from './recent.ts';
import { beginTransaction, type Entry, type Transaction } from './transaction.ts';

/**
 * A transaction takes what waits up to this size: an fsync costs about 1 ms whatever its size, and
 * the bytes are in memory twice until it is done.
 */
const TRANSACTION_BYTES = 32 * 1024 * 1024;

/** All that changes the database goes through here, one transaction at a time. */
export interface Writer {
  append(where: Place, records: readonly NewRecord[], lease?: Lease): Promise<Appended>;
  commit(group: string, where: Place, committed: Committed): Promise<void>;
  /** Removes the lowest blocks; waits behind the appends that came before it, and no append waits for more than one of these. */
  remove(where: Place, blocks: readonly BlockKey[]): Promise<void>;
  /** Refuses everything from now on with this error, also what waits. */
  fail(error: LogError): void;
  /** Refuses what is new with this error; resolves when what waited is on disk or rejected. */
  drain(reason: LogError): Promise<void>;
}

export interface WriterOptions {
  readonly db: LogDatabase;
  readonly dir: string;
  readonly ledger: Ledger;
  readonly recent: RecentBlocks;
  readonly clock: Clock;
  /** Records of this partition can now be read. */
  readonly onAppended: (where: Place) => void;
}

interface Work {
  readonly bytes: number;
  /** Puts its part into the transaction; returns what tells the caller. Throws to refuse. */
  readonly plan: (transaction: Transaction) => () => void;
  readonly reject: (error: unknown) => void;
}

export function createWriter({ db, dir, ledger, recent, clock, onAppended }: WriterOptions): Writer {
  let waiting: Work[] = [];
  let running: Promise<void> | null = null;
  /** Why nothing new is taken, and why not even what waits is written. */
  let refusal: LogError | null = null;
  let failure: LogError | null = null;

  function enqueue<T>(bytes: number, plan: (transaction: Transaction) => T): Promise<T> {
    if (refusal !== null) return Promise.reject(refusal);
    return new Promise((resolve, reject) => {
      waiting.push({
        bytes,
        reject,
        plan(transaction) {
          const result = plan(transaction);
          return () => resolve(result);
        },
      });
      running ??= run();
    });
  }

  async function run(): Promise<void> {
    // So that the appends of this turn share the first transaction.
    await Promise.resolve();
    while (waiting.length > 0) await writeSome(takeWaiting());
    running = null;
  }

  function takeWaiting(): Work[] {
    let bytes = 0;
    let count = 0;
    for (const work of waiting) {
      if (count > 0 && bytes + work.bytes > TRANSACTION_BYTES) break;
      bytes += work.bytes;
      count++;
    }
    const taken = waiting.slice(0, count);
    waiting = waiting.slice(count);
    return taken;
  }

  async function writeSome(works: readonly Work[]): Promise<void> {
    const transaction = beginTransaction(ledger, clock.now());
    const planned: { work: Work; tell: () => void }[] = [];
    for (const work of works) {
      try {
        if (failure !== null) throw failure;
        planned.push({ work, tell: work.plan(transaction) });
      } catch (error) {
        work.reject(error);
      }
    }
    const entries = transaction.entries();
    if (entries.length === 0) {
      for (const { tell } of planned) tell();
      return;
    }
    try {
      await write(entries);
    } catch (error) {
      for (const { where } of transaction.changes()) {
        ledger.reload(where);
        recent.forget(where);
      }
      for (const { work } of planned) work.reject(error);
      return;
    }
    for (const { where, tail, low, blocks } of transaction.changes()) {
      ledger.settle(where, tail, low);
      recent.add(where, blocks);
    }
    for (const { tell } of planned) tell();
    for (const { where, blocks } of transaction.changes()) if (blocks.length > 0) onAppended(where);
  }

  async function write(entries: readonly Entry[]): Promise<void> {
    try {
      await db.batch(() => {
        for (const { key, value } of entries) void (value === null ? db.remove(key) : db.put(key, value));
      });
    } catch (error) {
      throw new LogError(
        `Cannot write to the log in ${dir}: ${await causeOf(error)}. Is the disk full? Free some space, or choose another --data-dir.`,
        true,
        { cause: error },
      );
    }
  }

  return {
    append(where, records, lease) {
      const sizes = records.map(recordBytes);
      const largest = sizes.reduce((most, size) => Math.max(most, size), 0);
      if (largest > MAX_RECORD_BYTES) return Promise.reject(tooLarge(where, largest));
      const bytes = sizes.reduce((sum, size) => sum + size, 0);
      return enqueue(bytes, (transaction) => {
        lease?.check();
        return transaction.append(where, records, sizes);
      });
    },
    commit: (group, where, committed) => enqueue(0, (transaction) => transaction.commit(group, where, committed)),
    remove: (where, blocks) => enqueue(0, (transaction) => transaction.remove(where, blocks)),
    fail(error) {
      refusal ??= error;
      failure ??= error;
    },
    async drain(reason) {
      refusal ??= reason;
      await running;
    },
  };
}

function tooLarge(where: Place, bytes: number): LogError {
  return new LogError(
    `A record of ${bytes} bytes does not fit into ${placeName(where)}: the limit is ${MAX_RECORD_BYTES} bytes. Send it in parts.`,
    false,
  );
}

/** lmdb rejects with "Commit failed"; why it did comes in a promise beside it. */
async function causeOf(error: unknown): Promise<string> {
  if (error instanceof Error && 'commitError' in error && error.commitError instanceof Promise) {
    return error.commitError.catch(reasonOf) as Promise<string>;
  }
  return reasonOf(error);
}
