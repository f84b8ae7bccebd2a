import { expect, test } from 'vitest';
import { RowReader } from './row-reader.ts';

test('a histogram is what it holds above 0, and what comes behind it is read next', () => {
  const entries: [bucket: number, count: bigint][] = [
    [-1, 3n],
    [0, 0n],
    [640, -2n],
    [1695, 9_007_199_254_740_991n],
  ];
  const bytes = Buffer.alloc(1 + entries.length * 10 + 1);
  bytes.writeUInt8(entries.length, 0);
  for (const [at, [bucket, count]] of entries.entries()) {
    bytes.writeInt16LE(bucket, 1 + at * 10);
    bytes.writeBigInt64LE(count, 3 + at * 10);
  }
  bytes.writeUInt8(7, bytes.length - 1);
  const reader = new RowReader(bytes);
  const histogram = reader.histogram();
  expect([reader.uint8(), reader.more]).toEqual([7, false]);
  const found = new Map<number, number>();
  histogram.forEach((count, bucket) => found.set(bucket, count));
  expect(found).toEqual(
    new Map([
      [-1, 3],
      [1695, Number.MAX_SAFE_INTEGER],
    ]),
  );
});
