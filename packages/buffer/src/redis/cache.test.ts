import { expect, it } from 'vitest';
import { createCache } from './cache.ts';

const record = (byte: number, bytes = 1000): Buffer => Buffer.alloc(bytes, byte);

it('gives back what it was given, a copy', () => {
  const part = createCache(100_000).part();
  const given = record(1);
  part.put(7, given);
  given.fill(0);
  expect(part.get(7)).toEqual(record(1));
  expect(part.get(8)).toBeUndefined();
  part.delete(7);
  expect(part.get(7)).toBeUndefined();
});

it('stays within its bytes over all partitions, and lets the oldest go first', () => {
  const cache = createCache(64_000);
  const [zero, one] = [cache.part(), cache.part()];
  for (let offset = 0; offset < 100; offset++) {
    (offset % 2 === 0 ? zero : one).put(offset, record(offset));
    expect(cache.bytes).toBeLessThanOrEqual(64_000);
  }
  const held = Array.from({ length: 100 }, (_, offset) => (offset % 2 === 0 ? zero : one).get(offset));
  const oldest = held.findIndex((found) => found !== undefined);
  expect(oldest).toBeGreaterThan(0);
  expect(100 - oldest).toBeGreaterThan(40);
  expect(held.slice(0, oldest).every((found) => found === undefined)).toBe(true);
  expect(held.slice(oldest)).toEqual(Array.from({ length: 100 - oldest }, (_, i) => record(oldest + i)));
});

it('takes no memory for what was deleted', () => {
  const cache = createCache(64_000);
  const part = cache.part();
  for (let offset = 0; offset < 60; offset++) part.put(offset, record(offset));
  for (let offset = 0; offset < 60; offset++) part.delete(offset);
  expect(cache.bytes).toBeLessThanOrEqual(4_000);
  part.put(60, record(60));
  expect(part.get(60)).toEqual(record(60));
});

it('drops a claim without touching another', () => {
  const cache = createCache(64_000);
  const [zero, one] = [cache.part(), cache.part()];
  zero.put(1, record(1));
  one.put(1, record(2));
  zero.clear();
  expect(zero.get(1)).toBeUndefined();
  expect(one.get(1)).toEqual(record(2));
});

it('keeps nothing that is larger than all of it, and a record larger than a segment', () => {
  const part = createCache(64_000).part();
  part.put(1, record(1, 70_000));
  part.put(2, record(2, 30_000));
  expect(part.get(1)).toBeUndefined();
  expect(part.get(2)).toEqual(record(2, 30_000));
  const none = createCache(0).part();
  none.put(1, record(1));
  expect(none.get(1)).toBeUndefined();
});

it('keeps an empty record', () => {
  const part = createCache(64_000).part();
  part.put(1, Buffer.alloc(0));
  expect(part.get(1)).toEqual(Buffer.alloc(0));
});
