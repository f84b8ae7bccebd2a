import type { TraceBuffer } from '@spanloom/buffer';
import type { Span, TraceId } from '@spanloom/span';
import { KnownOrigins, type FragmentInfo } from '@spanloom/store';
import { partitionOf } from '@spanloom/wire';
import type { QueryOptions } from '../options.ts';
import { chunkSpans } from './chunk.ts';
import { mergeTrace, type Merged } from './merge.ts';
import { openChunksOf, spansOfOpen, type OpenSpans } from './open-chunks.ts';
import { scanTraces, type Scan } from './scan.ts';
import type { TraceStore } from './store.ts';

/** What of a trace waits in the buffer for its end. */
export interface Buffered {
  readonly chunks: number;
  readonly spans: readonly Span[];
  /** Stream time at its first and its last chunk, Unix milliseconds. */
  readonly firstMs: number;
  readonly lastMs: number;
}

/** Everything that is known of a trace. */
export interface WholeTrace extends Merged {
  /** Stored fragments, in `traces` order. */
  readonly fragments: readonly FragmentInfo[];
  /** Too much of `traces` is not stored yet to look through all of it: spans may be missing here. */
  readonly partial: boolean;
  /** Null where nothing waits. */
  readonly buffered: Buffered | null;
}

/** Reads traces by id from wherever their spans are; those without any are left out. */
export type ReadTraces = (
  traceIds: readonly TraceId[],
  store: TraceStore,
  signal: AbortSignal,
) => Promise<ReadonlyMap<TraceId, WholeTrace>>;

/** What was seen of a trace before the store was asked. */
interface Unstored {
  readonly open: readonly OpenSpans[];
  readonly scan: Scan;
}

/**
 * Chunks move one way: open → `traces` → store, and each is in the next place before it leaves the
 * one before. So we look in that order, and a chunk that moves while we read is seen twice, which
 * {@link mergeTrace} handles, but never missed:
 * 1. open chunks; one that is not there any more is in `traces` by now;
 * 2. the sink's position b, then `traces` from b to its end; what is below b is stored by now;
 * 3. the store.
 */
export function createTraceReader({
  log,
  buffer,
  config,
}: Pick<QueryOptions, 'log' | 'config'> & { readonly buffer: Pick<TraceBuffer, 'peek'> }): ReadTraces {
  const { stream } = log;
  const origins = new KnownOrigins();

  async function unstored(traceId: TraceId, store: TraceStore, signal: AbortSignal): Promise<Unstored> {
    const open = spansOfOpen(await openChunksOf(buffer, stream, traceId), traceId);
    const partition = partitionOf(Buffer.from(traceId, 'hex'), stream.partitions);
    const from = await store.position(partition);
    const scan = await scanTraces(log, traceId, { partition, from, maxBytes: config.maxScanBytes }, signal);
    return { open, scan };
  }

  return async (traceIds, store, signal) => {
    const before = new Map<TraceId, Unstored>();
    for (const traceId of new Set(traceIds)) before.set(traceId, await unstored(traceId, store, signal));
    const stored = await store.traces([...before.keys()], origins);
    const found = new Map<TraceId, WholeTrace>();
    for (const [traceId, { open, scan }] of before) {
      const { spans, fragmentOf, fragments } = stored.get(traceId) ?? { spans: [], fragmentOf: [], fragments: [] };
      // Offsets of another stream name other chunks.
      const ofStream = fragments.filter((fragment) => fragment.stream === stream.id);
      const chunkOffsets = ofStream.flatMap((fragment) => fragment.chunkOffsets);
      const merged = mergeTrace({
        stored: { spans, fragmentOf, chunkOffsets },
        finished: scan.chunks.flatMap((chunk) => chunkSpans(chunk.offset, chunk, traceId)),
        open,
      });
      const movedOn = new Set([...chunkOffsets, ...scan.chunks.map((chunk) => chunk.offset)]);
      const buffered = bufferedOf(open.filter((chunk) => !movedOn.has(chunk.offset)));
      if (merged.spans.length > 0) {
        found.set(traceId, { ...merged, fragments, partial: !scan.wholeRange, buffered });
      }
    }
    return found;
  };
}

function bufferedOf(open: readonly OpenSpans[]): Buffered | null {
  const [first] = open;
  if (first === undefined) return null;
  return {
    chunks: open.length,
    spans: open.flatMap((chunk) => chunk.spans),
    firstMs: open.reduce((least, chunk) => Math.min(least, chunk.streamTimeMs), first.streamTimeMs),
    lastMs: open.reduce((most, chunk) => Math.max(most, chunk.streamTimeMs), first.streamTimeMs),
  };
}
