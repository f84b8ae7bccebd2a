import type { Clock } from '@spanloom/span';
import { expect, test } from 'vitest';
import { StoreError } from '../errors.ts';
import { byMajority } from './consistency.ts';

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
  const { insert } = byMajority(clock);
  const seen: string[] = [];
  let tries = 0;
  const first = insert('spans', () => {
    seen.push('first');
    return ++tries < 4 ? Promise.reject(busy) : Promise.resolve();
  });
  const second = insert('spans', async () => void seen.push('second'));
  await Promise.all([first, second]);
  expect(seen).toEqual(['first', 'first', 'first', 'first', 'second']);
  expect(clock.slept).toEqual([10, 20, 40]);
});

test('a quorum that does not come about is given up after a minute, any other error at once', async () => {
  const clock = fakeClock();
  const { insert } = byMajority(clock);
  await expect(insert('spans', () => Promise.reject(busy))).rejects.toBe(busy);
  expect(clock.now()).toBeGreaterThan(60_000);
  expect(clock.now()).toBeLessThan(61_000);
  const other = new StoreError('gone', 'unavailable', { code: 319 });
  await expect(insert('spans', () => Promise.reject(other))).rejects.toBe(other);
  expect(clock.now()).toBeLessThan(61_000);
});

test('a read that meets a replica which is behind is tried again; other refusals are not', async () => {
  const clock = fakeClock();
  const behind = new StoreError("Replica doesn't have part", 'unavailable', { code: 289 });
  const answers = [() => Promise.reject(behind), () => Promise.reject(behind), () => Promise.resolve([])];
  const client = byMajority(clock).reads({
    rows: () => answers.shift()?.() ?? Promise.reject(busy),
    bytes: () => Promise.reject(busy),
  });
  expect(await client.rows('SELECT 1', {})).toEqual([]);
  expect(clock.slept).toEqual([10, 20]);
  await expect(client.bytes('SELECT 1', 'RowBinary', {})).rejects.toBe(busy);
});

test('a read that nobody waits for any more is not tried again', async () => {
  const clock = fakeClock();
  const behind = new StoreError("Replica doesn't have part", 'unavailable', { code: 289 });
  const gone = new AbortController();
  const client = byMajority(clock).reads({
    rows: () => {
      gone.abort();
      return Promise.reject(behind);
    },
    bytes: () => Promise.reject(behind),
  });
  await expect(client.rows('SELECT 1', {}, { signal: gone.signal })).rejects.toBe(behind);
  expect(clock.slept).toEqual([]);
});
