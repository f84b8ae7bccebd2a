import { expect, test } from 'vitest';

import { isShifted, minuteOf } from './minute.ts';

const appendMs = Date.UTC(2026, 1, 3, 4, 5, 6, 789);
const appendMinute = Date.UTC(2026, 1, 3, 4, 5) / 60_000;
const dayMs = 86_400_000;

test.each([
  ['at its append', appendMs, appendMinute, false],
  ['in the last millisecond of a minute', Date.UTC(2026, 1, 3, 4, 3, 59, 999), appendMinute - 2, false],
  ['exactly 7 days before', appendMs - 7 * dayMs, appendMinute - 7 * 1440, false],
  ['1 ms more than 7 days before', appendMs - 7 * dayMs - 1, appendMinute, true],
  ['exactly 1 hour after', appendMs + 3_600_000, appendMinute + 60, false],
  ['1 ms more than 1 hour after', appendMs + 3_600_001, appendMinute, true],
  ['in 1970', 0, appendMinute, true],
  ['in 2100', Date.UTC(2100, 0, 1), appendMinute, true],
])('a span that started %s', (_, startMs, minute, shifted) => {
  expect(minuteOf(startMs, appendMs)).toBe(minute);
  expect(isShifted(startMs, appendMs)).toBe(shifted);
});
