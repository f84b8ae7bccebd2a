/** A log-normal distribution, as latencies of one operation usually have. */
export interface LatencyShape {
  readonly medianMs: number;
  /** Standard deviation of the logarithm: 0.5 puts the 99th percentile at 3.2 times the median. */
  readonly sigma: number;
}

export function latency(medianMs: number, sigma: number): LatencyShape {
  return { medianMs, sigma };
}

/** Draws a latency; `random` gives numbers in [0, 1). Box-Muller makes the normal variate. */
export function sampleLatencyMs(shape: LatencyShape, random: () => number): number {
  // 1 - u lies in (0, 1], so that the logarithm is finite.
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return shape.medianMs * Math.exp(shape.sigma * radius * Math.cos(2 * Math.PI * random()));
}
