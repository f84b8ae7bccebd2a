import type { Histogram } from '@spanloom/span';

/** A histogram from the pair of its buckets and counts, as a query returns it. */
export function histogramOf([buckets, counts]: readonly [
  readonly (string | number)[],
  readonly (string | number)[],
]): Histogram {
  const histogram: Histogram = new Map();
  for (const [at, bucket] of buckets.entries()) histogram.set(Number(bucket), Number(counts[at] ?? 0));
  return histogram;
}
