import { expect, it } from 'vitest';

import { tickTime } from './time.ts';

const day = 86_400_000;

it.each([
  [new Date(2026, 10, 26), day, 'Nov 26'],
  [new Date(2026, 10, 26), 8 * 3_600_000, 'Nov 26'],
  [new Date(2026, 10, 26), 60_000, 'Nov 26'],
  // A day of another length than the others.
  [new Date(2026, 10, 26, 1), 2 * day, 'Nov 26'],
  [new Date(2026, 10, 26, 8), 8 * 3_600_000, '08:00'],
  [new Date(2026, 10, 26, 16, 5), 60_000, '16:05'],
  [new Date(2026, 10, 26, 16, 5), 30_000, '16:05:00'],
  [new Date(2026, 10, 26, 16, 5, 30), 30_000, '16:05:30'],
  [new Date(2026, 10, 26, 16, 5, 30), 50, '16:05:30'],
  [new Date(2026, 10, 26, 16, 5, 30, 50), 50, '.050'],
])('%s of ticks %d ms apart is %s', (time, stepMs, said) => {
  expect(tickTime(time.getTime(), stepMs, 'en')).toBe(said);
});

it('names days as the language does', () => {
  expect(tickTime(new Date(2026, 10, 26).getTime(), day, 'zh-CN')).toBe('11月26日');
});

it('takes what is a bit less than a millisecond for it, as sums of seconds are', () => {
  expect(tickTime(new Date(2026, 10, 26, 16, 5, 30).getTime() + 49.9999, 50, 'en')).toBe('.050');
});
