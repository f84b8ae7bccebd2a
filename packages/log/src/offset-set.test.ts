import fc from 'fast-check';
import { expect, test } from 'vitest';

import { OffsetSet } from './offset-set.ts';

test('holds what a plain set would hold', () => {
  const step = fc.oneof(
    { weight: 9, arbitrary: fc.record({ add: fc.nat(60) }) },
    { weight: 1, arbitrary: fc.record({ floor: fc.nat(60) }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const set = new OffsetSet();
      const plain = new Set<number>();
      for (const one of steps) {
        if ('add' in one) {
          set.add(one.add);
          plain.add(one.add);
        } else {
          set.raiseFloor(one.floor);
          for (let offset = 0; offset < one.floor; offset++) plain.add(offset);
        }
        const held = Array.from({ length: 62 }, (_, offset) => offset).filter((offset) => set.has(offset));
        expect(held).toEqual([...plain].toSorted((a, b) => a - b));
      }
    }),
    { numRuns: 100 },
  );
});

test('memory follows the gaps', () => {
  const set = new OffsetSet(1000);
  for (let offset = 10_000; offset > 5000; offset--) set.add(offset);
  expect(set.ranges).toBe(1);
  expect(set.has(500)).toBe(true);
  expect(set.has(4000)).toBe(false);
  set.raiseFloor(6000);
  expect(set.ranges).toBe(0);
  expect(set.floor).toBe(10_001);
});
