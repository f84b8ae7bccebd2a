import fc from 'fast-check';
import { expect, test } from 'vitest';
import { takeAll } from './take-all.ts';

test('counts the first items that are done without a gap, and begins nothing after one that is not', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ succeeds: fc.boolean(), turns: fc.nat(5) }), { maxLength: 30 }),
      fc.integer({ min: 1, max: 8 }),
      async (items, limit) => {
        let underWay = 0;
        let most = 0;
        const begun: number[] = [];
        const done: number[] = [];
        const taken = await takeAll(
          items.map((item, at) => ({ ...item, at })),
          async ({ succeeds, turns, at }) => {
            begun.push(at);
            most = Math.max(most, ++underWay);
            for (let turn = 0; turn < turns; turn++) await Promise.resolve();
            underWay--;
            if (succeeds) done.push(at);
            return succeeds;
          },
          limit,
        );
        const firstFailed = items.findIndex(({ succeeds }) => !succeeds);
        expect(underWay).toBe(0);
        expect(most).toBeLessThanOrEqual(limit);
        expect(begun).toEqual(begun.map((_, at) => at));
        expect(taken).toBeLessThanOrEqual(firstFailed === -1 ? items.length : firstFailed);
        for (let at = 0; at < taken; at++) expect(done).toContain(at);
        if (firstFailed === -1) expect(taken).toBe(items.length);
      },
    ),
  );
});

test('a take that rejects: told once nothing is under way', async () => {
  let finished = false;
  const taking = takeAll(
    ['bad', 'slow'],
    async (item) => {
      if (item === 'bad') throw new Error('Broken.');
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      finished = true;
      return true;
    },
    2,
  );
  await expect(taking).rejects.toThrow('Broken.');
  expect(finished).toBe(true);
});
