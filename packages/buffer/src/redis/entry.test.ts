import type { ChunkIndex } from '@spanloom/span';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { OpenChunk } from '../port.ts';
import { decodeEntry, encodeEntries } from './entry.ts';

const bytes = (length: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((array) => Buffer.from(array));

const chunk: fc.Arbitrary<OpenChunk> = fc.nat({ max: 20 }).chain((spans) =>
  fc.record({
    offset: fc.maxSafeNat(),
    traceId: bytes(16).map((id) => id.toString('hex')),
    streamTimeMs: fc.maxSafeNat(),
    index: fc.record({
      spanIds: bytes(8 * spans),
      parentIds: bytes(8 * spans),
      marks: bytes(spans),
      startNs: fc.bigInt(0n, 2n ** 64n - 1n),
      endNs: fc.bigInt(0n, 2n ** 64n - 1n),
      bodyBytes: fc.nat({ max: 2 ** 32 - 1 }),
    }),
  }),
);

function fieldsOf({ spanIds, parentIds, marks, startNs, endNs, bodyBytes }: ChunkIndex): ChunkIndex {
  return { spanIds, parentIds, marks, startNs, endNs, bodyBytes };
}

it('brings back what was put in', () => {
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 5 }), (chunks) => {
      const entries = encodeEntries(chunks);
      const decoded = entries.map((entry, i) => decodeEntry(chunks[i]?.offset ?? -1, entry));
      expect(decoded.map((each) => each && { ...each, index: fieldsOf(each.index) })).toEqual(chunks);
    }),
  );
});

const [entry = Buffer.alloc(0)] = encodeEntries([
  {
    offset: 1,
    traceId: 'ab'.repeat(16),
    streamTimeMs: 1,
    index: {
      spanIds: Buffer.alloc(8),
      parentIds: Buffer.alloc(8),
      marks: Buffer.alloc(1),
      startNs: 1n,
      endNs: 2n,
      bodyBytes: 3,
    },
  },
]);

it('knows what is no entry', () => {
  expect(decodeEntry(1, entry)).not.toBeNull();
  expect(decodeEntry(1, entry.subarray(1))).toBeNull();
  expect(decodeEntry(1, Buffer.alloc(0))).toBeNull();
  expect(decodeEntry(1, Buffer.concat([Buffer.from([9]), entry.subarray(1)]))).toBeNull();
});

it('does not keep what a socket read', () => {
  const read = Buffer.alloc(64 * 1024);
  entry.copy(read, 1000);
  const decoded = decodeEntry(1, read.subarray(1000, 1000 + entry.length));
  expect(decoded?.index.spanIds.buffer).not.toBe(read.buffer);
});
