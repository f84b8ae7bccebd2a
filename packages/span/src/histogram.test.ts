import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Histogram } from './figures.ts';
import {
  addDuration,
  addHistogram,
  bucketDurationNs,
  bucketIndex,
  histogramCount,
  percentile,
  percentiles,
} from './histogram.ts';

const durationNs = fc.oneof(
  fc.integer({ min: 1, max: 2 ** 53 - 1 }),
  fc.integer({ min: 1, max: 100_000 }),
  fc.integer({ min: 0, max: 52 }).map((exponent) => 2 ** exponent),
);

function histogramOf(durations: readonly number[]): Histogram {
  const histogram: Histogram = new Map();
  for (const ns of durations) addDuration(histogram, ns);
  return histogram;
}

describe('bucketIndex', () => {
  test('a power of two is the upper bound of its bucket', () => {
    for (let exponent = 1; exponent <= 53; exponent += 1) {
      expect(bucketIndex(2 ** exponent)).toBe(32 * exponent - 1);
      expect(bucketIndex(2 ** exponent * (1 + Number.EPSILON))).toBe(32 * exponent);
      expect(bucketIndex(2 ** exponent * (1 - Number.EPSILON / 2))).toBe(32 * exponent - 1);
    }
  });

  test('every boundary is exact: base^32k is compared in integers', () => {
    for (let index = 1; index < 53 * 32; index += 7) {
      const near = Math.floor(2 ** (index / 32));
      for (const ns of [near - 1, near, near + 1, near + 2]) {
        if (ns < 2) continue;
        const bucket = bucketIndex(ns);
        // ns^32 against 2^bucket and 2^(bucket+1), without rounding.
        const power = BigInt(ns) ** 32n;
        expect(power > 1n << BigInt(bucket)).toBe(true);
        expect(power <= 1n << BigInt(bucket + 1)).toBe(true);
      }
    }
  });

  test('agrees with the logarithm wherever that is not at a boundary', () => {
    fc.assert(
      fc.property(durationNs, (ns) => {
        const exact = 32 * Math.log2(ns);
        if (Math.abs(exact - Math.round(exact)) < 1e-9) return;
        expect(bucketIndex(ns)).toBe(Math.ceil(exact) - 1);
      }),
    );
  });

  test('what lasted no time, or less, counts as a nanosecond', () => {
    expect([1, 0.3, 0, -5, Number.NaN].map(bucketIndex)).toEqual([-1, -1, -1, -1, -1]);
  });

  test('the middle of a bucket is within 1.1 % of everything in it', () => {
    fc.assert(
      fc.property(durationNs, (ns) => {
        expect(Math.abs(bucketDurationNs(bucketIndex(ns)) / ns - 1)).toBeLessThan(0.011);
      }),
    );
  });
});

describe('percentile', () => {
  test('is within 1.1 % of the exact nearest-rank percentile', () => {
    const q = fc.oneof(fc.constantFrom(0, 0.5, 0.9, 0.95, 0.99, 0.999, 1), fc.double({ min: 0, max: 1, noNaN: true }));
    fc.assert(
      fc.property(fc.array(durationNs, { minLength: 1, maxLength: 300 }), q, (durations, share) => {
        const sorted = durations.toSorted((a, b) => a - b);
        const exact = sorted[Math.max(1, Math.ceil(share * sorted.length - 1e-9)) - 1] ?? 0;
        const answer = percentile(histogramOf(durations), share) ?? 0;
        expect(Math.abs(answer / exact - 1)).toBeLessThan(0.011);
      }),
    );
  });

  test('the 7th of 100 is the 7 % percentile, though 0.07 * 100 is above 7', () => {
    const histogram = histogramOf(Array.from({ length: 100 }, (_, n) => 1.1 ** (n + 1) * 1000));
    expect(percentile(histogram, 0.07)).toBe(bucketDurationNs(bucketIndex(1.1 ** 7 * 1000)));
  });

  test('max is the highest bucket; nothing has no percentile', () => {
    expect(percentile(histogramOf([5, 900, 70]), 1)).toBe(bucketDurationNs(bucketIndex(900)));
    expect([percentile(new Map(), 0.5), percentiles(new Map(), [1])]).toEqual([null, null]);
  });

  test('buckets that a correction left below 0 count as empty', () => {
    const histogram: Histogram = new Map([
      [10, -2],
      [20, 1],
      [30, 1],
    ]);
    expect([histogramCount(histogram), percentile(histogram, 0)]).toEqual([2, bucketDurationNs(20)]);
  });
});

test('a histogram plus and minus another is itself', () => {
  const durations = fc.array(durationNs, { maxLength: 50 });
  fc.assert(
    fc.property(durations, durations, (one, other) => {
      const sum = histogramOf(one);
      addHistogram(sum, histogramOf(other));
      expect(sum).toEqual(histogramOf([...one, ...other]));
      addHistogram(sum, histogramOf(other), -1);
      expect(sum).toEqual(histogramOf(one));
    }),
  );
});
