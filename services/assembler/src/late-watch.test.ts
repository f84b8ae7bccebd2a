import { expect, test } from 'vitest';

import { LateWatch } from './late-watch.ts';

const id = (n: number): string => n.toString(16).padStart(32, '0');

test('tells how late a chunk of a closed trace is', () => {
  const late = new LateWatch();
  late.closed(id(1), 5000);
  expect(late.lateness(id(1), 7500)).toBe(2500);
  expect(late.lateness(id(2), 7500)).toBeNull();
});

test('a trace that closed again is as late as since then', () => {
  const late = new LateWatch();
  late.closed(id(1), 5000);
  for (let n = 2; n <= 50_001; n++) late.closed(id(n), 6000);
  late.closed(id(1), 7000);
  expect(late.lateness(id(1), 7500)).toBe(500);
});

test('remembers the last 50,000 traces at least, and 100,000 at most', () => {
  const late = new LateWatch();
  for (let n = 1; n <= 250_000; n++) late.closed(id(n), 0);
  expect(late.lateness(id(200_001), 1)).toBe(1);
  expect(late.lateness(id(150_000), 1)).toBeNull();
});
