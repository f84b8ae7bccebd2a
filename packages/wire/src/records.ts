import type { ChunkIndex, CloseReason, TraceId, Wholeness } from '@spanloom/span';

/** How a chunk's body is compressed. */
export type Codec = 'none' | 'lz4';

/**
 * A chunk: some spans of one trace, as one request brought them. The value of a record in `spans`.
 * `body` is a `TracesData` message (repeated `ResourceSpans`) of these spans, compressed.
 */
export interface SpansRecord {
  readonly traceId: TraceId;
  readonly index: ChunkIndex;
  readonly codec: Codec;
  readonly body: Uint8Array;
  /** Attributes were cut to fit the limits. */
  readonly truncated: boolean;
}

/** How far `traces` is complete: every chunk below `offset` of `spans` is in it, and so every span acknowledged before `streamTimeMs`. */
export interface Watermark {
  readonly offset: number;
  /** Unix milliseconds. */
  readonly streamTimeMs: number;
}

/** A finished trace, or a part of one. A value of `traces`; its key is the trace id (16 bytes). */
export interface TraceRecord {
  readonly type: 'trace';
  readonly traceId: TraceId;
  readonly reason: CloseReason;
  readonly wholeness: Wholeness;
  /** Counts from 0 within one closing; `parts` is how many records that closing made. */
  readonly part: number;
  readonly parts: number;
  readonly chunks: readonly TraceChunk[];
  readonly watermark: Watermark;
}

/** A chunk inside a `TraceRecord`: its offset in `spans` and its body, copied, never opened. */
export interface TraceChunk {
  readonly offset: number;
  readonly spanCount: number;
  readonly bodyBytes: number;
  readonly codec: Codec;
  readonly body: Uint8Array;
  readonly truncated: boolean;
}

/** Says how far `traces` is complete when there is no trace to say it. A value of `traces` without a key. */
export interface HeartbeatRecord {
  readonly type: 'heartbeat';
  readonly watermark: Watermark;
}

/** Headers of a record in `traces`, so that batches can be cut without opening it: decimal numbers. */
export const traceHeaders = { spans: 'spans', bytes: 'bytes' } as const;

/** Why bytes could not be read: a sentence, and whether a newer Spanloom wrote them. */
export interface WireError {
  readonly message: string;
  readonly unknownSchema: boolean;
}
