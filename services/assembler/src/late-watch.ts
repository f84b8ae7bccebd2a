import type { TraceId } from '@spanloom/span';

/** A generation remembers this many traces that closed as complete; two of them are kept: 15 MB. */
const generationSize = 50_000;

/**
 * Tells how late a chunk came after its trace had closed as complete. For metrics only; one for all partitions.
 *
 * Forgets a whole generation at a time: the first key of a map that lost its oldest ones is looked for behind all
 * that were deleted since the map last grew.
 */
export class LateWatch {
  #recent = new Map<TraceId, number>();
  #older = new Map<TraceId, number>();

  /** @param lastMs stream time of the trace's last chunk. */
  closed(traceId: TraceId, lastMs: number): void {
    if (this.#recent.size === generationSize) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(traceId, lastMs);
  }

  /** Milliseconds since the trace's last chunk, or null if it did not close as complete lately. */
  lateness(traceId: TraceId, streamTimeMs: number): number | null {
    const lastMs = this.#recent.get(traceId) ?? this.#older.get(traceId);
    return lastMs === undefined ? null : streamTimeMs - lastMs;
  }
}
