/** How far the figures are complete: see "Time" in docs/architecture.md. */

/** The last batch that the sink recorded for a partition; null where there is none. */
export interface PartitionWatermark {
  readonly partition: number;
  /** Stream time, Unix milliseconds. */
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

export function completeness(watermarks: readonly PartitionWatermark[], maxTraceAgeMs: number): Completeness {
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
