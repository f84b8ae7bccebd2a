import type { TraceId } from '@spanloom/span';
import type { FragmentInfo } from '@spanloom/store';
import { decodeSpansRecord, partitionOf } from '@spanloom/wire';
import type { QueryOptions } from '../options.ts';
import { chunkSpans } from './chunk.ts';
import { mergeTrace, type ChunkSpans, type Merged } from './merge.ts';
import { scanTraces } from './scan.ts';
import type { TraceStore } from './store.ts';

/** Everything that is known of a trace. */
export interface WholeTrace extends Merged {
  /** Stored fragments, in `traces` order. */
  readonly fragments: readonly FragmentInfo[];
  /** Too much of `traces` is not stored yet to look through all of it: spans may be missing here. */
  readonly partial: boolean;
}

/** Reads a trace by id from wherever its spans are; null where there are none. */
export type ReadTrace = (traceId: TraceId, store: TraceStore, signal: AbortSignal) => Promise<WholeTrace | null>;

/**
 * Chunks move one way: open → `traces` → store, and each is in the next place before it leaves the
 * one before. So we look in that order, and a chunk that moves while we read is seen twice, which
 * {@link mergeTrace} handles, but never missed:
 * 1. open chunks; one that is not there any more is in `traces` by now;
 * 2. the sink's position b, then `traces` from b to its end; what is below b is stored by now;
 * 3. the store.
 */
export function createTraceReader({ log, buffer, config }: Pick<QueryOptions, 'log' | 'buffer' | 'config'>): ReadTrace {
  const { stream } = log;

  async function openChunks(traceId: TraceId, partition: number): Promise<ChunkSpans[]> {
    const chunks = await buffer.peek(stream.id, partition, traceId);
    return chunks.flatMap((chunk) => {
      const record = decodeSpansRecord(chunk.record);
      if (!record.ok) return [];
      const { codec, body, index } = record.value;
      return chunkSpans(chunk.offset, { codec, body, bodyBytes: index.bodyBytes }, traceId);
    });
  }

  return async (traceId, store, signal) => {
    const partition = partitionOf(Buffer.from(traceId, 'hex'), stream.partitions);
    const open = await openChunks(traceId, partition);
    const from = await store.position(partition);
    const scan = await scanTraces(log, traceId, { partition, from, maxBytes: config.maxScanBytes }, signal);
    const { spans, fragments } = await store.trace(traceId);
    // Offsets of another stream name other chunks.
    const ofStream = fragments.filter((fragment) => fragment.stream === stream.id);
    const merged = mergeTrace({
      stored: { spans, chunkOffsets: ofStream.flatMap((fragment) => fragment.chunkOffsets) },
      finished: scan.chunks.flatMap((chunk) => chunkSpans(chunk.offset, chunk, traceId)),
      open,
    });
    if (merged.spans.length === 0) return null;
    return { ...merged, fragments, partial: !scan.wholeRange };
  };
}
