import fc from 'fast-check';
import { expect, test } from 'vitest';

import { type Range, RangeList, countOf, joined, within, without } from './ranges.ts';

const offsets = fc.uniqueArray(fc.nat(60)).map((list) => list.toSorted((a, b) => a - b));

function toRanges(list: readonly number[]): readonly Range[] {
  const ranges = new RangeList();
  for (const offset of list) ranges.add(offset);
  return ranges.ranges;
}

test('ranges are sets of offsets', () => {
  fc.assert(
    fc.property(offsets, offsets, (a, b) => {
      expect(without(toRanges(a), toRanges(b))).toEqual(toRanges(a.filter((offset) => !b.includes(offset))));
      expect(within(toRanges(a), toRanges(b))).toEqual(toRanges(a.filter((offset) => b.includes(offset))));
      expect(countOf(toRanges(a))).toBe(a.length);
      expect(joined([...toRanges(b), ...toRanges(a)])).toEqual(
        toRanges([...new Set([...a, ...b])].toSorted((x, y) => x - y)),
      );
    }),
  );
});
