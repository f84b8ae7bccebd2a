import type { Clock } from '@spanloom/span';
import type { LogDatabase } from '../database.ts';
import { TOPICS, type BlockKey, type Place } from '../format/keys.ts';
import type { Ledger } from './ledger.ts';
import { blockKeys } from '../reading.ts';
import type { Writer } from './writer.ts';

/** Up to 64 MB of full blocks a step: a few milliseconds of the write thread, then appends go first. */
const STEP_BLOCKS = 256;

export interface RetentionLimits {
  /** Blocks older than this go. */
  readonly retentionMs: number;
  /** Bytes of all topics together; beyond it the oldest blocks go. */
  readonly retentionBytes: number;
}

export interface Held {
  readonly where: Place;
  readonly block: BlockKey;
}

export interface Plan {
  readonly nowMs: number;
  readonly limits: RetentionLimits;
  /** Bytes kept before. */
  readonly totalBytes: number;
}

/**
 * What goes now, oldest first, at most {@link STEP_BLOCKS}. Of the same age, `spans` go before
 * `traces`: whatever stands in `traces` was appended after the spans it holds, so no trace is gone
 * while its spans can still be read.
 *
 * @param lowest the lowest blocks of each partition, in order
 */
export function expired(lowest: readonly (readonly Held[])[], { nowMs, limits, totalBytes }: Plan): Held[] {
  const ordered = lowest
    .flat()
    .toSorted(
      (a, b) =>
        a.block.appendTimeMs - b.block.appendTimeMs ||
        TOPICS.indexOf(a.where.topic) - TOPICS.indexOf(b.where.topic) ||
        a.where.partition - b.where.partition ||
        a.block.base - b.block.base,
    )
    .slice(0, STEP_BLOCKS);
  let excessBytes = totalBytes - limits.retentionBytes;
  const going: Held[] = [];
  for (const held of ordered) {
    if (nowMs - held.block.appendTimeMs <= limits.retentionMs && excessBytes <= 0) break;
    going.push(held);
    excessBytes -= held.block.bytes;
  }
  return going;
}

export interface RetentionOptions {
  readonly db: LogDatabase;
  readonly ledger: Ledger;
  readonly writer: Writer;
  readonly clock: Clock;
  readonly limits: RetentionLimits;
}

/** Deletes what is expired now, step by step. Resolves when the limits hold. */
export function createRetention(options: RetentionOptions): () => Promise<void> {
  const { db, ledger, writer, clock, limits } = options;

  function lowestBlocks(where: Place): Held[] {
    return [...blockKeys(db, where, 0, STEP_BLOCKS)].map((block) => ({ where, block }));
  }

  return async function enforce() {
    // A reader that was killed would keep every page it saw from being used again.
    db.readerCheck();
    for (;;) {
      const plan = { nowMs: clock.now(), limits, totalBytes: ledger.totalBytes() };
      const going = expired(ledger.places.map(lowestBlocks), plan);
      if (going.length === 0) return;
      await Promise.all(
        ledger.places.map((where) => {
          const blocks = going.filter((held) => held.where === where).map(({ block }) => block);
          return blocks.length === 0 ? Promise.resolve() : writer.remove(where, blocks);
        }),
      );
      db.resetReadTxn();
    }
  };
}
