import { maxDurationNs, percentile, type Histogram } from '@spanloom/span';
import type { Quantile } from './quantiles.ts';

/** `p50`, `p95`, … as asked, then `max`, in milliseconds; null where no span of that side was seen. */
export type DurationsMs = Readonly<Record<string, number>> | null;

export function durationsMs(histogram: Histogram, quantiles: readonly Quantile[]): DurationsMs {
  const max = maxDurationNs(histogram);
  if (max === null) return null;
  const durations: Record<string, number> = {};
  for (const { name, q } of quantiles) durations[name] = milliseconds(percentile(histogram, q) ?? max);
  durations['max'] = milliseconds(max);
  return durations;
}

/** Four digits: a bucket is 2.2 % wide, more would pretend. */
function milliseconds(ns: number): number {
  return Number((ns / 1e6).toPrecision(4));
}

/** The highest of the quantiles in nanoseconds, to sort by; -1 where there is none. */
export function slowestNs(histogram: Histogram, quantiles: readonly Quantile[]): number {
  const q = Math.max(...quantiles.map((quantile) => quantile.q));
  return percentile(histogram, q) ?? -1;
}
