import { expect, test } from 'vitest';

import { isCutBetween } from './cuts.ts';

const day = 86_400_000;
const rules = { intervalMs: 1000, maxSpans: 1, maxBytes: 1 };

/** Milliseconds of the second after `fromMs` before which a partition is cut. */
function cutsOf(partition: number, staggered: boolean, fromMs = 100 * day + 5000): number[] {
  const of = { cut: { ...rules, ...(staggered && { staggered }) }, partition, partitions: 8 };
  return Array.from({ length: 1000 }, (_, ms) => ms + 1).filter((ms) => isCutBetween(of, fromMs + ms - 1, fromMs + ms));
}

test('each partition is cut once an interval, and no two of them at the same moment', () => {
  expect(Array.from({ length: 8 }, (_, partition) => cutsOf(partition, true))).toEqual([
    [1000],
    [875],
    [750],
    [625],
    [500],
    [375],
    [250],
    [125],
  ]);
});

test('those of a stream of before are all cut at the same moment', () => {
  expect([cutsOf(0, false), cutsOf(5, false)]).toEqual([[1000], [1000]]);
});

test('midnight cuts as well', () => {
  expect(cutsOf(2, true, 100 * day - 500)).toEqual([250, 500]);
});
