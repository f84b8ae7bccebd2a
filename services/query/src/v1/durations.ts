import { percentile, percentiles, type Buckets } from '@spanloom/span';
import type { Quantile } from './quantiles.ts';

/** `p50`, `p95`, … as asked, then `max`, in milliseconds; null where no span of that side was seen. */
export type DurationsMs = Readonly<Record<string, number>> | null;

export function durationsMs(histogram: Buckets, quantiles: readonly Quantile[]): DurationsMs {
  const found = percentiles(histogram, [...quantiles.map(({ q }) => q), 1]);
  if (found === null) return null;
  const names = [...quantiles.map(({ name }) => name), 'max'];
  return Object.fromEntries(names.map((name, at) => [name, milliseconds(found[at] ?? 0)]));
}

/** Four digits: a bucket is 2.2 % wide, more would pretend. */
function milliseconds(ns: number): number {
  return Number((ns / 1e6).toPrecision(4));
}

/** The highest of the quantiles in nanoseconds, to sort by; -1 where there is none. */
export function slowestNs(histogram: Buckets, quantiles: readonly Quantile[]): number {
  const q = Math.max(...quantiles.map((quantile) => quantile.q));
  return percentile(histogram, q) ?? -1;
}
