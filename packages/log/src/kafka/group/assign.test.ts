import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assignPartitions, type Claim } from './assign.ts';

const claim = (memberId: string, owned: readonly number[], generation = 1): Claim => ({ memberId, generation, owned });

/** Moved partitions from one assignment to the next, of those whose owner is still there. */
function moved(before: ReadonlyMap<string, readonly number[]>, after: ReadonlyMap<string, readonly number[]>): number {
  let count = 0;
  for (const [memberId, owned] of before) {
    const now = after.get(memberId);
    count += owned.filter((partition) => now === undefined || !now.includes(partition)).length;
  }
  return count;
}

it('gives every partition to one member, evenly, and moves no more than it must', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.array(fc.tuple(fc.uniqueArray(fc.nat({ max: 45 })), fc.nat({ max: 5 })), { minLength: 1, maxLength: 9 }),
      (partitions, members) => {
        const claims = members.map(([owned, generation], index) => claim(`m${index}`, owned, generation));
        const assigned = assignPartitions(partitions, claims);
        const all = [...assigned.values()].flat().toSorted((a, b) => a - b);
        expect(all).toEqual(Array.from({ length: partitions }, (_, partition) => partition));
        const sizes = [...assigned.values()].map(({ length }) => length);
        expect(assigned.size).toBe(members.length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        // Who claims it at last and has room keeps it.
        const again = assignPartitions(
          partitions,
          [...assigned].map(([memberId, owned]) => claim(memberId, owned, 9)),
        );
        expect(again).toEqual(assigned);
      },
    ),
  );
});

it('moves few of 16 as three members become four, three and two', () => {
  const three = assignPartitions(
    16,
    ['a', 'b', 'c'].map((id) => claim(id, [])),
  );
  const claims = (of: ReadonlyMap<string, readonly number[]>, without?: string): Claim[] =>
    [...of].filter(([id]) => id !== without).map(([id, owned]) => claim(id, owned));
  const four = assignPartitions(16, [...claims(three), claim('d', [], -1)]);
  const threeAgain = assignPartitions(16, claims(four, 'b'));
  const two = assignPartitions(16, claims(threeAgain, 'a'));
  expect([moved(three, four), moved(four, threeAgain), moved(threeAgain, two)]).toEqual([4, 4, 6]);
});

it('believes the later of two claims', () => {
  const assigned = assignPartitions(2, [claim('back', [0, 1], 3), claim('now', [0], 4), claim('other', [1], 4)]);
  expect(assigned).toEqual(
    new Map([
      ['back', []],
      ['now', [0]],
      ['other', [1]],
    ]),
  );
});
