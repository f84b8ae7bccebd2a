import { compressSync } from 'snappy';
import { expect, test } from 'vitest';
import { unsnap } from './snappy.ts';

const blocks = [Buffer.from('spans '.repeat(500)), Buffer.from([1, 2, 3]), Buffer.alloc(0)];

/** As Java's and Sarama's clients write it. */
function framed(parts: readonly Buffer[]): Buffer {
  const header = Buffer.from('82534e41505059000000000100000001', 'hex');
  return Buffer.concat([
    header,
    ...parts.flatMap((part) => {
      const length = Buffer.alloc(4);
      const block = compressSync(part);
      length.writeInt32BE(block.length);
      return [length, block];
    }),
  ]);
}

test('reads framed blocks and a bare one', () => {
  expect(unsnap(framed(blocks)).equals(Buffer.concat(blocks))).toBe(true);
  expect(unsnap(framed([])).length).toBe(0);
  for (const block of blocks) expect(unsnap(compressSync(block)).equals(block)).toBe(true);
});

test('throws on what is no snappy', () => {
  const whole = framed(blocks);
  expect(() => unsnap(whole.subarray(0, whole.length - 1))).toThrow();
  expect(() => unsnap(whole.subarray(0, 18))).toThrow();
  expect(() => unsnap(Buffer.from('hello'))).toThrow();
});
