import type { Clock } from '@spanloom/span';
import { expect, test } from 'vitest';
import { StoreError } from '../errors.ts';
import { quorumWrites } from './consistency.ts';

/** Time passes when somebody sleeps. */
function fakeClock(): Clock & { readonly slept: number[] } {
  let nowMs = 0;
  const slept: number[] = [];
  return {
    slept,
    now: () => nowMs,
    sleep: (ms) => {
      slept.push(ms);
      nowMs += ms;
      return Promise.resolve();
    },
  };
}

const busy = new StoreError('Quorum for previous write has not been satisfied yet', 'unavailable', { code: 286 });

test('an insert that meets another is tried again, and the next of the table waits for it', async () => {
  const clock = fakeClock();
  const { run } = quorumWrites(clock);
  const seen: string[] = [];
  let tries = 0;
  const first = run('spans', () => {
    seen.push('first');
    return ++tries < 4 ? Promise.reject(busy) : Promise.resolve();
  });
  const second = run('spans', async () => void seen.push('second'));
  await Promise.all([first, second]);
  expect(seen).toEqual(['first', 'first', 'first', 'first', 'second']);
  expect(clock.slept).toEqual([10, 20, 40]);
});

test('a quorum that does not come about is given up after a minute, any other error at once', async () => {
  const clock = fakeClock();
  const { run } = quorumWrites(clock);
  await expect(run('spans', () => Promise.reject(busy))).rejects.toBe(busy);
  expect(clock.now()).toBeGreaterThan(60_000);
  expect(clock.now()).toBeLessThan(61_000);
  const other = new StoreError('gone', 'unavailable', { code: 319 });
  await expect(run('spans', () => Promise.reject(other))).rejects.toBe(other);
  expect(clock.now()).toBeLessThan(61_000);
});
