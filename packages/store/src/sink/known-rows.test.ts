import { expect, test } from 'vitest';

import { KnownRows } from './known-rows.ts';

test('rows are known by the day that they were added for', () => {
  const known = new KnownRows();
  known.add(10, ['a', 'b']);
  expect(known.has(10, ['a'])).toBe(true);
  expect(known.has(10, ['a', 'c'])).toBe(false);
  expect(known.has(11, ['a'])).toBe(false);
});

test('the oldest day goes when a third begins', () => {
  const known = new KnownRows();
  for (const day of [10, 11, 12]) known.add(day, ['a']);
  expect([10, 11, 12].map((day) => known.has(day, ['a']))).toEqual([false, true, true]);
});

test('what is known is bounded, and forgotten when asked', () => {
  const known = new KnownRows();
  known.add(
    10,
    Array.from({ length: 100_000 }, (_, at) => String(at)),
  );
  known.add(10, ['one more']);
  expect(known.has(10, ['one more'])).toBe(true);
  expect(known.has(10, ['0'])).toBe(false);
  known.forget();
  expect(known.has(10, ['one more'])).toBe(false);
});
