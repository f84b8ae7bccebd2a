/**
 * What the assembler needs to know of the spans in a chunk, without opening it: parallel arrays,
 * one entry a span.
 */
export interface ChunkIndex {
  /** 8 bytes a span. */
  readonly spanIds: Uint8Array;
  /** 8 bytes a span; all zero for a root. */
  readonly parentIds: Uint8Array;
  /** A byte a span: see {@link marks}. */
  readonly marks: Uint8Array;
  /** Unix nanoseconds of the earliest start and the latest end. */
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** Bytes of the chunk's body before compression. */
  readonly bodyBytes: number;
}

/** The bits of a mark. */
export const Mark = {
  /** OTLP `SpanKind`. */
  kind: 0b0000_0111,
  /** The sender said whether the parent is remote. */
  parentKnown: 0b0000_1000,
  /** The parent is in another process. */
  parentRemote: 0b0001_0000,
  /** The status is ERROR. */
  error: 0b0010_0000,
} as const;
