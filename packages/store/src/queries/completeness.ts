/** How far the figures are complete: see "Time" in docs/architecture.md. */

/** The last batch that the sink recorded for a partition. */
export interface PartitionWatermark {
  readonly partition: number;
  /** Stream time, Unix milliseconds; null where there is no batch, 0 where none had a watermark yet. */
  readonly streamTimeMs: number | null;
}

export interface Completeness {
  /** Every span acknowledged before it is in the figures; null where nothing was stored yet. Unix milliseconds. */
  readonly completeToMs: number | null;
  /** Partitions that are far behind, or have no watermark: `completeToMs` does not count them. */
  readonly behind: readonly PartitionWatermark[];
}

/** Clocks of brokers may differ by this much. */
const clockSkewMs = 1000;
/** A partition that is open for this long beyond the maximum age of a trace is stuck, not slow. */
const graceMs = 60_000;

export function completeness(recorded: readonly PartitionWatermark[], maxTraceAgeMs: number): Completeness {
  const watermarks = recorded.map((each) => (each.streamTimeMs === 0 ? { ...each, streamTimeMs: null } : each));
  const newestMs = Math.max(...watermarks.map((each) => each.streamTimeMs ?? Number.NEGATIVE_INFINITY));
  const behind: PartitionWatermark[] = [];
  let completeToMs: number | null = null;
  for (const each of watermarks) {
    if (each.streamTimeMs === null || each.streamTimeMs < newestMs - maxTraceAgeMs - graceMs) {
      behind.push(each);
      continue;
    }
    const ownMs = each.streamTimeMs - clockSkewMs;
    completeToMs = completeToMs === null ? ownMs : Math.min(completeToMs, ownMs);
  }
  return { completeToMs, behind };
}
