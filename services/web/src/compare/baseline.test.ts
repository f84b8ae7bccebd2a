import { describe, expect, test } from 'vitest';

import { baselineOf } from './baseline.ts';

const nowMs = Date.parse('2026-11-23T10:00:00Z');

describe('the window to compare with', () => {
  test.each([
    ['previous', 'now-1h', 'now', 'now-2h', 'now-1h'],
    ['previous', 'now-90s', 'now', 'now-3m', 'now-90s'],
    ['day', 'now-15m', 'now', 'now-1455m', 'now-1d'],
    ['week', 'now-1d', 'now', 'now-8d', 'now-7d'],
  ] as const)('%s of a relative one stays relative', (base, from, to, baseFrom, baseTo) => {
    expect(baselineOf({ from, to }, base, nowMs)).toEqual({ from: baseFrom, to: baseTo });
  });

  test('of a fixed one is fixed', () => {
    expect(baselineOf({ from: '2026-11-23T09:00:00Z', to: '2026-11-23T09:30:00Z' }, 'previous', nowMs)).toEqual({
      from: '2026-11-23T08:30:00.000Z',
      to: '2026-11-23T09:00:00.000Z',
    });
  });
});
