import { type Log, LogError, OffsetSet } from '@spanloom/log';
import type { BatchId, SinkStore } from '@spanloom/store';
import type { Watermark } from '@spanloom/wire';

import type { SinkObserver } from './observer.ts';
import { RecentTraces } from './recent-traces.ts';

/** What the sink knows of a partition: all of it stands in the store, with the data. */
export interface State {
  /** The next record of `traces` to store. */
  position: number;
  /** Up to where the store says that everything is handled; null before the first batch. */
  recordedTo: number | null;
  watermark: Watermark;
  readonly seen: OffsetSet;
  readonly recent: RecentTraces;
  /** No batch with rows was stored since the claim: part of the next one may be in the tables. */
  look: boolean;
  /** The last batch, if it had no rows and is not recorded yet. */
  unrecorded: { readonly id: BatchId; readonly sinceMs: number } | null;
}

export interface ClaimOptions {
  readonly log: Log;
  readonly store: SinkStore;
  readonly observer: SinkObserver;
  readonly partition: number;
  readonly lookbackMs: number;
}

/**
 * Finds out where to go on. `readFrom` is the beginning of the cut that the position stands in, or
 * that ended there: after a batch was refused, its cut may be stored in part, and must be cut as
 * before, counting from its beginning.
 */
export async function claim(options: ClaimOptions): Promise<{ readonly state: State; readonly readFrom: number }> {
  const { log, store, observer, partition, lookbackMs } = options;
  const stream = log.stream.id;
  const last = await store.lastBatch(stream, partition);
  const { low, high } = await log.bounds('traces', partition);
  // Of a partition that nothing was stored of yet, whatever is gone is gone unread.
  const stored = last?.id.b ?? 0;
  if (stored > high) {
    throw new LogError(
      `Partition ${partition} of traces ends at ${high}, but ${stored} was stored before: the topic was recreated. Start a new stream.`,
      false,
    );
  }
  if (stored < low) observer.expired(partition, stored, low);
  const position = Math.max(stored, low);
  const watermark = last?.watermark ?? { offset: 0, streamTimeMs: 0 };

  const before = { stream, partition, below: position };
  const seen = new OffsetSet(watermark.offset);
  for (const offset of await store.chunkOffsets(before, watermark.offset)) seen.add(offset);
  const recent = new RecentTraces(lookbackMs);
  if (last !== null) {
    const since = last.id.appendTimeMs - lookbackMs;
    for (const traceId of await store.traceIds(before, since)) recent.add(traceId, last.id.appendTimeMs);
  }
  observer.claimed(partition, position);
  return {
    state: { position, recordedTo: last?.id.b ?? null, watermark, seen, recent, look: true, unrecorded: null },
    readFrom: last !== null && last.id.a >= low ? last.id.a : position,
  };
}
