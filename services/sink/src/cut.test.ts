import fc from 'fast-check';
import type { PartitionCut } from '@spanloom/log';
import { expect, test } from 'vitest';

import { type CutRecord, Cutter } from './cut.ts';

const rules = { intervalMs: 1000, maxSpans: 50, maxBytes: 500 };
const atOnce: PartitionCut = { cut: rules, partition: 0, partitions: 1 };
const anyPartition: fc.Arbitrary<PartitionCut> = fc
  .record({ partition: fc.nat(7), staggered: fc.boolean() })
  .map(({ partition, staggered }) => ({ cut: { ...rules, staggered }, partition, partitions: 8 }));

function records(gaps: readonly number[]): CutRecord[] {
  // Just before midnight.
  let appendTimeMs = 100 * 86_400_000 - 2345;
  return gaps.map((gap, offset) => {
    appendTimeMs += gap;
    return { offset, appendTimeMs, spans: gap % 23, bytes: (gap * 7) % 211 };
  });
}

function cuts(of: PartitionCut, from: readonly CutRecord[]): number[] {
  const cutter = new Cutter(of);
  return from.flatMap((record) => cutter.add(record)).map((batch) => (batch.at(-1)?.offset ?? NaN) + 1);
}

const gaps = fc.array(fc.oneof({ weight: 9, arbitrary: fc.nat(60) }, { weight: 1, arbitrary: fc.nat(3000) }), {
  maxLength: 200,
});

test('a reader that starts at any cut makes the same cuts from there on', () => {
  fc.assert(
    fc.property(gaps, anyPartition, (list, of) => {
      const all = records(list);
      const whole = cuts(of, all);
      for (const cut of whole) expect(cuts(of, all.slice(cut))).toEqual(whole.filter((b) => b > cut));
    }),
  );
});

test('a batch never reaches into another interval, so never into another day', () => {
  fc.assert(
    fc.property(gaps, anyPartition, (list, of) => {
      const cutter = new Cutter(of);
      const phaseMs = of.cut.staggered === true ? of.partition * 125 : 0;
      for (const batch of records(list).flatMap((record) => cutter.add(record))) {
        expect(new Set(batch.map(({ appendTimeMs }) => Math.floor((appendTimeMs + phaseMs) / 1000))).size).toBe(1);
        expect(new Set(batch.map(({ appendTimeMs }) => Math.floor(appendTimeMs / 86_400_000))).size).toBe(1);
      }
    }),
  );
});

test('a batch is cut by spans and by bytes at once, by time when the next interval is seen', () => {
  const cutter = new Cutter(atOnce);
  const at = (offset: number, appendTimeMs: number, spans: number, bytes: number): CutRecord => ({
    offset,
    appendTimeMs,
    spans,
    bytes,
  });
  expect(cutter.add(at(0, 1000, 49, 1))).toEqual([]);
  expect(cutter.add(at(1, 1001, 1, 1)).map((batch) => batch.length)).toEqual([2]);
  expect(cutter.add(at(2, 1002, 1, 500)).map((batch) => batch.length)).toEqual([1]);
  expect(cutter.add(at(3, 1999, 1, 1))).toEqual([]);
  expect(cutter.add(at(4, 2000, 1, 1)).map((batch) => batch.length)).toEqual([1]);
});
