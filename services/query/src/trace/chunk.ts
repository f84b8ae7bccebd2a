import type { TraceId } from '@spanloom/span';
import { decodeSpans, decompress, type Codec } from '@spanloom/wire';
import type { ChunkSpans } from './merge.ts';

/**
 * Opens a chunk's body; empty where its bytes cannot be read, which the sink reports when it comes
 * to them: the rest of the trace is worth showing.
 */
export function chunkSpans(
  offset: number,
  chunk: { readonly codec: Codec; readonly body: Uint8Array; readonly bodyBytes: number },
  traceId: TraceId,
): readonly ChunkSpans[] {
  const body = decompress(chunk.codec, chunk.body, chunk.bodyBytes);
  if (!body.ok) return [];
  const spans = decodeSpans(body.value);
  return spans.ok ? [{ offset, spans: spans.value.filter((span) => span.traceId === traceId) }] : [];
}
