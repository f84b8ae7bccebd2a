import type { BufferedChunk, TraceBuffer } from '@spanloom/buffer';
import type { Stream } from '@spanloom/log';
import type { TraceId } from '@spanloom/span';
import { decodeSpansRecord, partitionOf } from '@spanloom/wire';
import { chunkSpans } from './chunk.ts';
import type { ChunkSpans } from './merge.ts';

/** Spans of an open chunk, and stream time when it was applied. */
export interface OpenSpans extends ChunkSpans {
  readonly streamTimeMs: number;
}

/** The open chunks of a trace. */
export async function openChunksOf(
  buffer: Pick<TraceBuffer, 'peek'>,
  stream: Stream,
  traceId: TraceId,
): Promise<readonly BufferedChunk[]> {
  return await buffer.peek(stream.id, partitionOf(Buffer.from(traceId, 'hex'), stream.partitions), traceId);
}

/** Empty where a chunk cannot be read: see {@link chunkSpans}. */
export function spansOfOpen(chunks: readonly BufferedChunk[], traceId: TraceId): OpenSpans[] {
  return chunks.flatMap((chunk) => {
    const record = decodeSpansRecord(chunk.record);
    if (!record.ok) return [];
    const { codec, body, index } = record.value;
    const { offset, streamTimeMs } = chunk;
    const opened = chunkSpans(offset, { codec, body, bodyBytes: index.bodyBytes }, traceId);
    return opened.map((each) => ({ ...each, streamTimeMs }));
  });
}
