import type { TraceId } from '@spanloom/span';

/** Remembers this many traces that closed as complete: 15 MB. */
const remembered = 100_000;

/** Tells how late a chunk came after its trace had closed as complete. For metrics only; one for all partitions. */
export class LateWatch {
  readonly #closed: Map<TraceId, number> = new Map();

  /** @param lastMs stream time of the trace's last chunk. */
  closed(traceId: TraceId, lastMs: number): void {
    this.#closed.set(traceId, lastMs);
    if (this.#closed.size <= remembered) return;
    const oldest = this.#closed.keys().next();
    if (oldest.done !== true) this.#closed.delete(oldest.value);
  }

  /** Milliseconds since the trace's last chunk, or null if it did not close as complete lately. */
  lateness(traceId: TraceId, streamTimeMs: number): number | null {
    const lastMs = this.#closed.get(traceId);
    return lastMs === undefined ? null : streamTimeMs - lastMs;
  }
}
