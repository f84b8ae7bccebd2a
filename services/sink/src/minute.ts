const minuteMs = 60_000;
const dayMs = 86_400_000;

/** Event times further than this from the append are counted in the minute of the append. */
const earliestMs = 7 * dayMs;
const latestMs = 60 * minuteMs;

/** Whether a span's start is too far from its append to be believed. */
export function isShifted(startMs: number, appendTimeMs: number): boolean {
  return startMs < appendTimeMs - earliestMs || startMs > appendTimeMs + latestMs;
}

/** The Unix minute that a span is counted in. */
export function minuteOf(startMs: number, appendTimeMs: number): number {
  return Math.floor((isShifted(startMs, appendTimeMs) ? appendTimeMs : startMs) / minuteMs);
}
