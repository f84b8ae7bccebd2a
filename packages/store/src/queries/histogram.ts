import type { Histogram } from '@spanloom/span';

/** The pair of buckets and counts of a sum of histograms, without what is not above 0: what {@link histogramOf} reads. */
export function bucketsOf(sum: string): string {
  const map = filled(sum);
  // As Float64 JSON has them as numbers: a third of the length, and twice as fast to read.
  return `(mapKeys(${map}), CAST(mapValues(${map}), 'Array(Float64)'))`;
}

/** The buckets of a sum of histograms that have calls. */
function filled(sum: string): string {
  return `mapFilter((bucket, count) -> count > 0, ${sum})`;
}

/** A histogram from the pair of its buckets and counts; see {@link bucketsOf}. */
export function histogramOf([buckets, counts]: readonly [readonly number[], readonly number[]]): Histogram {
  const histogram: Histogram = new Map();
  for (const [at, bucket] of buckets.entries()) histogram.set(bucket, counts[at] ?? 0);
  return histogram;
}
