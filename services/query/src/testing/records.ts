import type { BufferedChunk } from '@spanloom/buffer';
import type { LogRecord } from '@spanloom/log';
import type { Span } from '@spanloom/span';
import {
  compress,
  encodeSpansRecord,
  encodeTraceRecord,
  encodeSpans,
  splitRequest,
  type RequestChunk,
} from '@spanloom/wire';
import { wholenessOfSpans } from '../trace/verdict.ts';

/** For tests: a chunk of these spans, which are of one trace, as the assembler has it open. */
export function anOpenChunk(offset: number, spans: readonly Span[]): BufferedChunk {
  const { traceId, index, body } = chunkOf(spans);
  const record = encodeSpansRecord({ traceId, index, ...compress(body), truncated: false });
  return { offset, traceId, streamTimeMs: 0, index, record };
}

/** For tests: the record in `traces` of a finished trace, whose chunks have these offsets. */
export function aFinishedTrace(offset: number, chunks: readonly BufferedChunk[], spans: readonly Span[]): LogRecord {
  const traceId = chunks[0]?.traceId ?? '';
  const value = encodeTraceRecord({
    type: 'trace',
    traceId,
    reason: 'complete',
    wholeness: wholenessOfSpans(spans),
    part: 0,
    parts: 1,
    chunks: chunks.map((chunk) => {
      const { index, body } = chunkOf(spans);
      const spanCount = index.marks.length;
      return { offset: chunk.offset, spanCount, bodyBytes: index.bodyBytes, ...compress(body), truncated: false };
    }),
    watermark: { offset: 0, streamTimeMs: 0 },
  });
  return { offset, appendTimeMs: 0, key: Buffer.from(traceId, 'hex'), value: Buffer.from(value), headers: {} };
}

/** For tests: the only chunk of a request with these spans, which are of one trace. */
export function chunkOf(spans: readonly Span[]): RequestChunk {
  const split = splitRequest(encodeSpans(spans));
  if (!split.ok) throw new Error(split.error.message);
  const [chunk, another] = split.value.chunks;
  if (chunk === undefined || another !== undefined) throw new Error('The spans must be of one trace.');
  return chunk;
}
