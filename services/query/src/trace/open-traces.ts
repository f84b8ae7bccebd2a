import { maxOffsetsPerLook, type OpenChunk, type TraceBuffer } from '@spanloom/buffer';
import type { Stream } from '@spanloom/log';
import type { Span, TraceId } from '@spanloom/span';
import { mergeTrace } from './merge.ts';
import { openChunksOf, spansOfOpen } from './open-chunks.ts';

/** A trace of which something is open: only that of it. */
export interface OpenTrace {
  readonly traceId: TraceId;
  /** At least one. */
  readonly spans: readonly Span[];
  /** Stream time at its first and its last open chunk, Unix milliseconds. */
  readonly firstMs: number;
  readonly lastMs: number;
}

export interface OpenTraces {
  /** That of the newest chunk first. */
  readonly traces: readonly OpenTrace[];
  /** Something else is open, or may be. */
  readonly more: boolean;
}

type Buffer = Pick<TraceBuffer, 'peek' | 'openFigures' | 'openBetween'>;

const nothing = { spans: [], fragmentOf: [], chunkOffsets: [] };

/** Offsets asked for at once: of most partitions that is all that is open, or as much as is listed. */
const stepOffsets = 100;
/** Of one answer, before compression. One trace may be that large, so twice as much is read at most. */
const maxBodyBytes = 32 * 1024 * 1024;

/**
 * The traces that were open a moment ago, newest first. It takes no longer when more is open: the newest chunks lie
 * right below what was applied, so that many offsets are looked up there, and no more than {@link maxOffsetsPerLook}
 * in each partition.
 */
export async function readOpenTraces(
  buffer: Buffer,
  stream: Stream,
  limit: number,
  signal: AbortSignal,
): Promise<OpenTraces> {
  const newest = await Promise.all(
    Array.from({ length: stream.partitions }, (_, partition) => newestOf(buffer, stream.id, partition, limit)),
  );
  const found = newest.flatMap((each) => each.traces).toSorted((a, b) => b.lastMs - a.lastMs);
  const traces: OpenTrace[] = [];
  const more = newest.some((each) => each.more) || found.length > limit;
  let bodyBytes = 0;
  for (const { traceId } of found.slice(0, limit)) {
    if (bodyBytes >= maxBodyBytes || signal.aborted) return { traces, more: true };
    const chunks = await openChunksOf(buffer, stream, traceId);
    bodyBytes += chunks.reduce((bytes, { index }) => bytes + index.bodyBytes, 0);
    const open = spansOfOpen(chunks, traceId);
    const { spans } = mergeTrace({ stored: nothing, finished: [], open });
    // It moved on, or none of it can be read.
    if (spans.length === 0) continue;
    const times = open.map(({ streamTimeMs }) => streamTimeMs);
    traces.push({ traceId, spans, firstMs: Math.min(...times), lastMs: Math.max(...times) });
  }
  return { traces, more };
}

interface Newest {
  readonly traces: readonly { readonly traceId: TraceId; readonly lastMs: number }[];
  readonly more: boolean;
}

/** The traces of the newest open chunks of a partition: at most `limit`, so that no other could be among the newest of all. */
async function newestOf(buffer: Buffer, streamId: string, partition: number, limit: number): Promise<Newest> {
  const figures = await buffer.openFigures(streamId, partition);
  // Whether anything is open there is not known.
  if (figures === null) return { traces: [], more: true };
  const lastMs = new Map<TraceId, number>();
  let seen = 0;
  const lowest = Math.max(0, figures.applied - maxOffsetsPerLook);
  for (let to = figures.applied; to > lowest && seen < figures.chunks && lastMs.size < limit; to -= stepOffsets) {
    const chunks = await buffer.openBetween(streamId, partition, Math.max(lowest, to - stepOffsets), to);
    seen += chunks.length;
    for (const { traceId, streamTimeMs } of newestFirst(chunks)) {
      if (!lastMs.has(traceId)) lastMs.set(traceId, streamTimeMs);
    }
  }
  return { traces: [...lastMs].map(([traceId, at]) => ({ traceId, lastMs: at })), more: seen < figures.chunks };
}

function newestFirst(byOffset: readonly OpenChunk[]): readonly OpenChunk[] {
  return byOffset.toReversed();
}
