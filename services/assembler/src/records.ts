import type { Closing } from '@spanloom/assembly';
import type { NewRecord } from '@spanloom/log';
import { type TraceChunk, type Watermark, encodeHeartbeat, encodeTraceRecord, traceHeaders } from '@spanloom/wire';

import type { LiveChunk } from './live-chunk.ts';

/** A record of `traces` holds at most this much; a larger trace goes out in parts. */
export interface RecordLimits {
  /** Compressed bodies: half of the 4 MB that the topic takes in one message. */
  readonly maxBytes: number;
  /** Bodies before compression. */
  readonly maxBodyBytes: number;
  readonly maxSpans: number;
}

export const recordLimits: RecordLimits = {
  maxBytes: 2 * 1024 * 1024,
  maxBodyBytes: 32 * 1024 * 1024,
  maxSpans: 100_000,
};

/** Cuts the chunks of a finished trace into parts that fit a record each. A chunk is never cut. */
export function toParts(chunks: readonly TraceChunk[], limits: RecordLimits): TraceChunk[][] {
  const parts: TraceChunk[][] = [];
  let part: TraceChunk[] = [];
  let bytes = 0;
  let bodyBytes = 0;
  let spans = 0;
  for (const chunk of chunks) {
    const full =
      bytes + chunk.body.length > limits.maxBytes ||
      bodyBytes + chunk.bodyBytes > limits.maxBodyBytes ||
      spans + chunk.spanCount > limits.maxSpans;
    if (part.length > 0 && full) {
      parts.push(part);
      part = [];
      bytes = bodyBytes = spans = 0;
    }
    part.push(chunk);
    bytes += chunk.body.length;
    bodyBytes += chunk.bodyBytes;
    spans += chunk.spanCount;
  }
  parts.push(part);
  return parts;
}

/** The record of one part of a finished trace. */
export function traceRecord(
  closing: Closing<LiveChunk>,
  parts: readonly TraceChunk[][],
  part: number,
  watermark: Watermark,
): NewRecord {
  const chunks = parts[part] ?? [];
  return {
    key: Buffer.from(closing.traceId, 'hex'),
    value: encodeTraceRecord({
      type: 'trace',
      traceId: closing.traceId,
      reason: closing.reason,
      wholeness: closing.wholeness,
      part,
      parts: parts.length,
      chunks,
      watermark,
    }),
    headers: {
      [traceHeaders.spans]: String(chunks.reduce((sum, chunk) => sum + chunk.spanCount, 0)),
      [traceHeaders.bytes]: String(chunks.reduce((sum, chunk) => sum + chunk.bodyBytes, 0)),
    },
  };
}

export function heartbeatRecord(watermark: Watermark): NewRecord {
  return { key: null, value: encodeHeartbeat({ type: 'heartbeat', watermark }) };
}
