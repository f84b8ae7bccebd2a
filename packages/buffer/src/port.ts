/**
 * The open traces of each partition. Called by the assembler, which owns the partition, and by
 * the query service, which only looks. Never the only copy of anything: what is here came from the
 * log and can be read again. Adapters: memory/ and, on a cluster, Redis.
 */
import type { ChunkIndex, TraceId } from '@spanloom/span';

/** A chunk that waits for its trace to finish. Its offset is its identity. */
export interface OpenChunk {
  readonly offset: number;
  readonly traceId: TraceId;
  /** Stream time when the chunk was applied, Unix milliseconds. */
  readonly streamTimeMs: number;
  readonly index: ChunkIndex;
}

/** An open chunk with its record as it stands in the log. */
export interface BufferedChunk extends OpenChunk {
  readonly record: Uint8Array;
}

/** What the buffer holds of a partition. */
export interface BufferState {
  /** Applied: the offset of `spans` that comes next. */
  readonly applied: number;
  /** Reconciled: the smallest offset of `traces` that is not yet released. */
  readonly reconciled: number;
  /** Stream time at `applied`, Unix milliseconds. */
  readonly streamTimeMs: number;
}

/** How much of a partition is open. */
export interface OpenFigures {
  /** Every open chunk lies below this offset of `spans`. */
  readonly applied: number;
  readonly chunks: number;
  readonly traces: number;
  readonly spans: number;
}

/** The most offsets that may be looked through at once, see {@link TraceBuffer.openBetween}. */
export const maxOffsetsPerLook = 1000;

export interface TraceBuffer {
  /**
   * Makes the caller the owner: every earlier claim is refused from now on. `state` is null if
   * the buffer has no usable state (empty, or its count and sum do not match what is there).
   * Rejects with a retryable {@link BufferError} when the buffer cannot be reached.
   */
  claim(stream: string, partition: number): Promise<{ claim: BufferClaim; state: BufferState | null }>;
  /** The open chunks of a trace, from any process, without a claim. May be a moment old. */
  peek(stream: string, partition: number, traceId: TraceId): Promise<readonly BufferedChunk[]>;
  /**
   * How much of a partition is open, from any process, without a claim. Counted while chunks come and go, not when
   * it is asked for. Null where the buffer has no state, or one of an older version that did not count.
   */
  openFigures(stream: string, partition: number): Promise<OpenFigures | null>;
  /**
   * The open chunks from offset `from` on and below `to`, by offset, without their records; from any process,
   * without a claim. At most {@link maxOffsetsPerLook} offsets, so that it takes as long however much is open.
   */
  openBetween(stream: string, partition: number, from: number, to: number): Promise<readonly OpenChunk[]>;
  close(): Promise<void>;
}

/** Each call moves the claim's version on. Each rejects with {@link FencedError} if the claim is no longer the newest or the buffer was wiped. */
export interface BufferClaim {
  /** Drops everything and starts at `state`. */
  reset(state: BufferState): Promise<void>;
  /**
   * All open chunks without their records, by offset. Rejects with {@link FencedError} where count and
   * sum no longer match what is there: a key may vanish after the claim looked.
   */
  index(): Promise<readonly OpenChunk[]>;
  /** Adds chunks and moves on. A repeat changes nothing. Rejects with {@link BufferFullError} when there is no room; then nothing was added. */
  append(chunks: readonly BufferedChunk[], state: Pick<BufferState, 'applied' | 'streamTimeMs'>): Promise<void>;
  /** The records of these chunks, in the order asked; null where one is missing. */
  records(chunks: readonly OpenChunk[]): Promise<readonly (Uint8Array | null)[]>;
  /** Removes chunks that are in `traces` and moves `reconciled`. A repeat changes nothing. */
  release(chunks: readonly OpenChunk[], reconciled: number): Promise<void>;
  /** Does nothing but fail if the claim was lost. */
  check(): Promise<void>;
}
