import { describe, expect, it } from 'vitest';
import { murmur2, partitionOf } from './partition.ts';

describe('the partition of a key', () => {
  // The vectors of Kafka's own UtilsTest.testMurmur2.
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('hashes %s as Kafka does', (text, hash) => {
    expect(murmur2(Buffer.from(text))).toBe(hash);
  });

  it('is never negative and spreads trace ids over all partitions', () => {
    const seen = new Set<number>();
    for (let i = 0; i < 1000; i += 1) {
      const key = Buffer.alloc(16);
      key.writeUInt32BE((i * 2654435761) % 2 ** 32, 12);
      seen.add(partitionOf(key, 7));
    }
    expect([...seen].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });
});
