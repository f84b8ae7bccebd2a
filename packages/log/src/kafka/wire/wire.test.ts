import { createRequire } from 'node:module';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import lz4 from 'lz4-napi';
import { expect, it } from 'vitest';
import type { LogRecord, NewRecord } from '../../port.ts';
import { Reader, readI64, sizeOfVarint, writeI64, writeVarint } from './bytes.ts';
import { crc32c } from './crc32c.ts';
import { decodeBatches, encodeBatch, endOfBatches, payloadBytes, stampBatch } from './record-batch.ts';

interface TheirDecoder {
  new (buffer: Buffer): object;
}

/** The decoder of kafkajs, which is another's reading of the same grammar. */
const require = createRequire(import.meta.url);
const Decoder = require('kafkajs/src/protocol/decoder') as TheirDecoder;
const decodeTheirs = require('kafkajs/src/protocol/recordBatch/v0/decoder') as (decoder: object) => Promise<{
  producerId: string;
  firstSequence: number;
  records: { offset: string; key: Buffer | null; value: Buffer | null; headers: Record<string, Buffer> }[];
}>;
const kafkajs = require('kafkajs') as { CompressionCodecs: Record<number, () => object> };
kafkajs.CompressionCodecs[3] = () => ({ decompress: async (bytes: Buffer) => lz4.decompressFrameSync(bytes) });

const bytes = fc.option(fc.uint8Array({ maxLength: 3_000 }).map(Buffer.from), { nil: null });
const record: fc.Arbitrary<NewRecord> = fc.record(
  {
    key: bytes,
    value: bytes,
    headers: fc.dictionary(
      // kafkajs keeps headers in a plain object, and takes what every object has for a header that came before.
      fc.string({ minLength: 1 }).filter((name) => !(name in {})),
      fc.string(),
      { maxKeys: 3, noNullPrototype: true },
    ),
  },
  { requiredKeys: ['key', 'value'] },
);
const records = fc.array(record, { minLength: 1, maxLength: 150 });

function batchAt(offset: number, appendTimeMs: number, from: readonly NewRecord[]): Buffer {
  const batch = encodeBatch(from);
  writeI64(batch, offset, 0);
  // As a broker does with LogAppendTime.
  batch.writeInt16BE(batch.readInt16BE(21) | 8, 21);
  writeI64(batch, appendTimeMs, 35);
  return batch;
}

function decode(set: Buffer, from: number): LogRecord[] {
  const into: LogRecord[] = [];
  decodeBatches(set, from, into);
  return into;
}

it('has the checksum that the standard gives', () => {
  // RFC 3720, B.4.
  expect(crc32c(Buffer.alloc(32), 0, 32)).toBe(0x8a9136aa);
  expect(crc32c(Buffer.alloc(32, 0xff), 0, 32)).toBe(0x62a8ab43);
  expect(crc32c(Buffer.from('x123456789y'), 1, 10)).toBe(0xe3069283);
});

it('writes numbers that it reads back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 30 - 1 }), fc.maxSafeNat(), (small, large) => {
      const buffer = Buffer.alloc(10);
      expect(writeVarint(buffer, small, 0)).toBe(sizeOfVarint(small));
      expect(new Reader(buffer).varint()).toBe(small);
      expect(new Reader(buffer).varlong()).toBe(small);
      writeI64(buffer, large, 0);
      expect(readI64(buffer, 0)).toBe(large);
      expect(buffer.readBigInt64BE(0)).toBe(BigInt(large));
    }),
  );
});

it('reads its own batches back, from any offset, and is cut anywhere', () => {
  fc.assert(
    fc.property(records, records, fc.nat(), fc.nat(), (first, second, skip, cut) => {
      const base = 2 ** 40;
      const set = Buffer.concat([batchAt(base, 5, first), batchAt(base + first.length, 6, second)]);
      const from = base + (skip % (first.length + second.length));
      const read = decode(set, from);
      expect(read.map(({ offset }) => offset)).toEqual(
        Array.from({ length: base + first.length + second.length - from }, (_, k) => from + k),
      );
      expect(read.map(({ key, value, headers }) => ({ key, value, headers }))).toEqual(
        [...first, ...second].slice(from - base).map(({ key, value, headers = {} }) => ({ key, value, headers })),
      );
      expect(
        new Set(read.map(({ offset, appendTimeMs }) => offset < base + first.length === (appendTimeMs === 5))),
      ).toEqual(new Set([true]));
      expect(endOfBatches(set)).toBe(base + first.length + second.length);
      const shorter = set.subarray(0, cut % set.length);
      const whole = decode(shorter, base).length;
      expect([0, first.length]).toContain(whole);
      expect(endOfBatches(shorter)).toBe(whole === 0 ? null : base + first.length);
    }),
    { numRuns: 60 },
  );
});

it('writes batches as kafkajs reads them', async () => {
  await fc.assert(
    fc.asyncProperty(records, async (written) => {
      const batch = encodeBatch(written);
      stampBatch(batch, { producerId: 77n, producerEpoch: 1, first: 9 });
      const theirs = await decodeTheirs(new Decoder(batch));
      expect(theirs).toMatchObject({ producerId: '77', firstSequence: 9 });
      expect(
        theirs.records.map(({ key, value, headers }) => ({
          key,
          value,
          headers: Object.fromEntries(Object.entries(headers).map(([name, bytesOf]) => [name, bytesOf.toString()])),
        })),
      ).toEqual(written.map(({ key, value, headers = {} }) => ({ key, value, headers })));
    }),
    { numRuns: 60 },
  );
});

it('leaves alone what compression would not make much smaller', () => {
  const noise = [{ key: null, value: randomBytes(100_000) }];
  expect(encodeBatch(noise).readInt16BE(21)).toBe(0);
  expect(encodeBatch([{ key: null, value: Buffer.alloc(100_000) }]).readInt16BE(21)).toBe(3);
});

it('counts key, value and headers', () => {
  expect(payloadBytes({ key: Buffer.from('ab'), value: null, headers: { ä: 'xyz' } })).toBe(7);
});
