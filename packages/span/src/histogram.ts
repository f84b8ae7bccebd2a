/**
 * OpenTelemetry's base-2 exponential histogram at scale 5: bucket i holds durations in
 * (base^i, base^(i+1)] with base = 2^(1/32), about 2.2 % wide. See
 * https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram.
 */
import type { Buckets, Histogram } from './figures.ts';

const bucketsPerDoubling = 32;

/**
 * `lowerBounds[k]` is the largest double in [1, 2) that is not above 2^(k/32): a significand is
 * beyond the k-th boundary exactly when it is greater. Taken from integer roots, because a rounded
 * power may lie on either side.
 */
const lowerBounds: Float64Array = Float64Array.from({ length: bucketsPerDoubling }, (_, k) => {
  let root = 1n << BigInt(52 * bucketsPerDoubling + k);
  for (let halvings = 0; halvings < 5; halvings += 1) root = integerSquareRoot(root);
  return Number(root) / 2 ** 52;
});

/** By the top 8 bits of the fraction: how many boundaries lie below all such significands. One more may lie among them. */
const boundariesBelow: Uint8Array = Uint8Array.from(
  { length: 256 },
  (_, top) => lowerBounds.filter((bound) => bound < 1 + top / 256).length,
);

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);
const highWord = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

/**
 * The bucket of a duration in nanoseconds, exact at the boundaries. Durations below 1 ns, 0 and
 * negative ones included, count as 1 ns: bucket -1, the lowest there is.
 */
export function bucketIndex(durationNs: number): number {
  if (!(durationNs > 1)) return -1;
  float[0] = durationNs;
  const high = words[highWord] ?? 0;
  words[highWord] = (high & 0xfffff) | 0x3ff00000;
  const significand = float[0];
  let below = boundariesBelow[(high >>> 12) & 0xff] ?? 0;
  if (significand > (lowerBounds[below] ?? 2)) below += 1;
  return bucketsPerDoubling * ((high >>> 20) - 1023) + below - 1;
}

/** Nanoseconds that stand for a bucket: its geometric middle, at most 1.09 % from anything in it. */
export function bucketDurationNs(index: number): number {
  return 2 ** ((index + 0.5) / bucketsPerDoubling);
}

/** Adds `count` (negative takes away) to one bucket; a bucket that reaches 0 goes. */
export function addToBucket(histogram: Histogram, index: number, count: number): void {
  const sum = (histogram.get(index) ?? 0) + count;
  if (sum === 0) histogram.delete(index);
  else histogram.set(index, sum);
}

/** Adds `count` durations of `durationNs` nanoseconds; a negative count takes them away. */
export function addDuration(histogram: Histogram, durationNs: number, count: number = 1): void {
  addToBucket(histogram, bucketIndex(durationNs), count);
}

/** Adds `times` times `other` to `into`; -1 subtracts it. */
export function addHistogram(into: Histogram, other: ReadonlyMap<number, number>, times: number = 1): void {
  for (const [index, count] of other) addToBucket(into, index, times * count);
}

/** How many durations are in it. Buckets below 0, which a correction may hold, count as 0. */
export function histogramCount(histogram: Buckets): number {
  let sum = 0;
  histogram.forEach((count) => {
    if (count > 0) sum += count;
  });
  return sum;
}

/**
 * The nearest-rank percentiles in nanoseconds, each within 1.1 % of the exact one; null when there
 * are none. Each `q` from 0 to 1: 0 is the least, 1 the greatest.
 */
export function percentiles(histogram: Buckets, qs: readonly number[]): number[] | null {
  let count = 0;
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  try {
    histogram.forEach((here, index) => {
      if (here <= 0) return;
      counts[index - lowestBucket] = here;
      count += here;
      if (index < least) least = index;
      if (index > most) most = index;
    });
    if (count === 0) return null;
    return qs.map((q) => {
      // 0.07 * 100 is a hair above 7: without the slack the rank would be 8.
      const rank = Math.min(count, Math.max(1, Math.ceil(q * count - 1e-9)));
      let at = least;
      for (let sum = counts[at - lowestBucket] ?? 0; sum < rank && at < most; sum += counts[at - lowestBucket] ?? 0)
        at += 1;
      return bucketDurationNs(at);
    });
  } finally {
    if (count > 0) counts.fill(0, least - lowestBucket, most - lowestBucket + 1);
  }
}

/** Buckets in order without sorting, for one call of {@link percentiles}: those that 16 bits hold, as they are stored. */
const counts = new Float64Array(2 ** 16);
const lowestBucket = -(2 ** 15);

/** The one of {@link percentiles} for `q`. */
export function percentile(histogram: Buckets, q: number): number | null {
  return percentiles(histogram, [q])?.[0] ?? null;
}

function integerSquareRoot(square: bigint): bigint {
  let root = 1n << BigInt(Math.ceil(square.toString(2).length / 2));
  for (;;) {
    const next = (root + square / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
