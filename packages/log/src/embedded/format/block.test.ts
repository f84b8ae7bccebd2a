import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { NewRecord } from '../../port.ts';
import { BLOCK_BYTES, checkBlock, decodeBlock, encodeBlock, nextBlock, recordBytes } from './block.ts';

const bytes = (maxLength: number): fc.Arbitrary<Buffer | null> =>
  fc.option(fc.uint8Array({ maxLength }).map((array) => Buffer.from(array)));
const record: fc.Arbitrary<NewRecord> = fc.record(
  {
    key: bytes(40),
    value: bytes(300),
    headers: fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string()),
  },
  { requiredKeys: ['key', 'value'] },
);
const position = { where: 'spans/0', base: 7, appendTimeMs: 11 };

it('gives back what was put in', () => {
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 30 }), (records) => {
      const { end, bytes: size } = nextBlock(records.map(recordBytes), 0);
      expect(end).toBe(records.length);
      expect(decodeBlock(encodeBlock(records, size), position)).toEqual(
        records.map(({ key, value, headers = {} }, k) => ({
          offset: 7 + k,
          appendTimeMs: 11,
          key,
          value,
          headers,
        })),
      );
    }),
  );
});

it('cuts blocks of at most 256 kB, or of one larger record', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 12, max: 400_000 }), { minLength: 1, maxLength: 50 }), (sizes) => {
      let from = 0;
      while (from < sizes.length) {
        const { end, bytes: size } = nextBlock(sizes, from);
        expect(end).toBeGreaterThan(from);
        expect(size <= BLOCK_BYTES || end === from + 1).toBe(true);
        from = end;
      }
    }),
  );
});

it('notices a single bit that the disk changed', () => {
  const block = encodeBlock(
    [{ key: null, value: Buffer.from('spans') }],
    recordBytes({ key: null, value: Buffer.from('spans') }) + 5,
  );
  checkBlock(block, position);
  block[block.length - 2] = (block[block.length - 2] ?? 0) ^ 4;
  expect(() => checkBlock(block, position)).toThrow(/spans\/0 at offset 7 is damaged/);
});
