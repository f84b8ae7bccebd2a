import type { Pending } from '@spanloom/assembly';
import type { OpenChunk } from '@spanloom/buffer';
import type { ChunkIndex, TraceId } from '@spanloom/span';

/** An open chunk together with its place in the frontier, which knows where and when it came. There may be a million. */
export class LiveChunk implements OpenChunk {
  readonly traceId: TraceId;
  readonly index: ChunkIndex;
  readonly pending: Pending;

  /** @param traceId one string for all chunks of a trace. */
  constructor(traceId: TraceId, index: ChunkIndex, pending: Pending) {
    this.traceId = traceId;
    this.index = index;
    this.pending = pending;
  }

  get offset(): number {
    return this.pending.offset;
  }

  get streamTimeMs(): number {
    return this.pending.streamTimeMs;
  }
}
