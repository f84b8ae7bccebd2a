import { PackedChunkIndex } from '@spanloom/span';
import { readFileSync } from 'node:fs';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { SpansRecord, TraceRecord } from '../records.ts';
import { crc64Avro } from './fingerprint.ts';
import {
  decodeSpansBody,
  decodeSpansIndex,
  decodeSpansRecord,
  decodeTracesValue,
  encodeHeartbeat,
  encodeSpansRecord,
  encodeTraceRecord,
} from './index.ts';
import { heartbeatV1, spansV1, traceV1 } from './schemas.ts';
import { singleObject } from './single-object.ts';

const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });
const hex = (length: number): fc.Arbitrary<string> => bytes(length).map((b) => Buffer.from(b).toString('hex'));
const codec = fc.constantFrom('none' as const, 'lz4' as const);

const spansRecord: fc.Arbitrary<SpansRecord> = fc.integer({ min: 1, max: 30 }).chain((spans) =>
  fc.record({
    traceId: hex(16),
    index: fc.record({
      spanIds: bytes(8 * spans),
      parentIds: bytes(8 * spans),
      marks: bytes(spans),
      startNs: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      endNs: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      bodyBytes: fc.nat(),
    }),
    codec,
    body: fc.uint8Array({ maxLength: 300 }),
    truncated: fc.boolean(),
  }),
);

// avsc refuses to write 2^53 - 1 itself.
const offset = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER - 1 });
const watermark = fc.record({ offset, streamTimeMs: offset });

const traceRecord: fc.Arbitrary<TraceRecord> = fc.record({
  type: fc.constant('trace' as const),
  traceId: hex(16),
  reason: fc.constantFrom(
    'complete' as const,
    'quiet' as const,
    'maxAge' as const,
    'maxSpans' as const,
    'maxBytes' as const,
    'pressure' as const,
  ),
  wholeness: fc.record({
    complete: fc.boolean(),
    remoteRoot: fc.boolean(),
    roots: fc.nat(),
    missingParents: fc.array(hex(8), { maxLength: 20 }),
    missingCount: fc.nat(),
  }),
  part: fc.nat(),
  parts: fc.nat(),
  chunks: fc.array(
    fc.record({
      offset,
      spanCount: fc.nat(),
      bodyBytes: fc.nat(),
      codec,
      body: fc.uint8Array({ maxLength: 300 }),
      truncated: fc.boolean(),
    }),
  ),
  watermark,
});

describe('records of the log', () => {
  test('a chunk comes back as it was', () => {
    fc.assert(
      fc.property(spansRecord, (record) => {
        expect(plain(decodeSpansRecord(encodeSpansRecord(record)))).toEqual({ ok: true, value: plain(record) });
      }),
    );
  });

  test('a finished trace comes back as it was', () => {
    fc.assert(
      fc.property(traceRecord, (record) => {
        expect(plain(decodeTracesValue(encodeTraceRecord(record)))).toEqual({ ok: true, value: plain(record) });
      }),
    );
  });

  test('a heartbeat comes back as it was', () => {
    const record = { type: 'heartbeat' as const, watermark: { offset: 2 ** 40, streamTimeMs: 1_700_000_000_000 } };
    expect(decodeTracesValue(encodeHeartbeat(record))).toEqual({ ok: true, value: record });
  });

  test('what is written by hand is what the schema says', () => {
    const spans = singleObject<object>(spansV1);
    const trace = singleObject<object>(traceV1);
    fc.assert(
      fc.property(spansRecord, traceRecord, (record, finished) => {
        const value = encodeSpansRecord(record);
        expect(spans.decode(value)).toMatchObject({ ok: true });
        const again = spans.decode(value);
        if (again.ok) expect(spans.encode(again.value, 0).equals(value)).toBe(true);
        const traceValue = encodeTraceRecord(finished);
        const decoded = trace.decode(traceValue);
        expect(decoded).toMatchObject({ ok: true });
        if (decoded.ok) expect(trace.encode(decoded.value, 0).equals(traceValue)).toBe(true);
      }),
    );
  });

  test('an index, and a body, are those of the whole record', () => {
    fc.assert(
      fc.property(spansRecord, (record) => {
        const value = encodeSpansRecord(record);
        const { traceId, index, ...body } = record;
        expect(plain(decodeSpansIndex(value))).toEqual({ ok: true, value: plain({ traceId, index }) });
        expect(plain(decodeSpansBody(value))).toEqual({ ok: true, value: plain(body) });
      }),
    );
  });

  test('what was broken on the way is read as the library reads it, or not at all', () => {
    const spans = singleObject<object>(spansV1);
    const trace = singleObject<object>(traceV1);
    const broken = (value: Buffer, at: number, byte: number, length: number): Buffer => {
      const bytes = Buffer.from(value).subarray(0, 10 + length);
      if (bytes.length > 10) bytes[10 + (at % (bytes.length - 10))] = byte;
      return bytes;
    };
    fc.assert(
      fc.property(
        spansRecord,
        traceRecord,
        fc.nat(),
        fc.nat(255),
        fc.nat(3000),
        (record, finished, at, byte, length) => {
          const value = broken(encodeSpansRecord(record), at, byte, length);
          if (decodeSpansRecord(value).ok) expect(spans.decode(value).ok).toBe(true);
          const traceValue = broken(encodeTraceRecord(finished), at, byte, length);
          const read = decodeTracesValue(traceValue);
          if (read.ok) expect(trace.decode(traceValue).ok).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('bytes of another schema are told from garbage', () => {
    const record = encodeHeartbeat({ type: 'heartbeat', watermark: { offset: 1, streamTimeMs: 1 } });
    expect(decodeSpansRecord(record)).toMatchObject({ ok: false, error: { unknownSchema: true } });
    expect(decodeSpansRecord(Buffer.from('garbage'))).toMatchObject({ ok: false, error: { unknownSchema: false } });
  });

  test('no bytes make a reader throw', () => {
    fc.assert(
      fc.property(spansRecord, fc.nat(), fc.nat(255), fc.nat(400), (record, at, byte, length) => {
        const value = Buffer.from(encodeSpansRecord(record)).subarray(0, length);
        if (value.length > 0) value[at % value.length] = byte;
        expect(typeof decodeSpansRecord(value).ok).toBe('boolean');
      }),
    );
  });
});

describe('schemas', () => {
  test.each([
    ['spans.v1', spansV1],
    ['traces.v1', traceV1],
    ['heartbeat.v1', heartbeatV1],
  ])('%s is published as it is used', (name, schema) => {
    const file = readFileSync(new URL(`../../schemas/${name}.avsc`, import.meta.url), 'utf8');
    expect(JSON.parse(file)).toEqual(schema);
  });

  // From the test suite of Apache Avro: share/test/data/schema-tests.txt.
  test.each([
    ['"null"', '7195948357588979594'],
    ['"int"', '8247732601305521295'],
    ['"string"', '-8142146995180207161'],
  ])('the fingerprint of %s is %s', (canonical, fingerprint) => {
    expect(BigInt.asIntN(64, crc64Avro(Buffer.from(canonical)))).toBe(BigInt(fingerprint));
  });

  test('published fingerprints never change', () => {
    const header = (value: Buffer): string => value.subarray(0, 10).toString('hex');
    const [record] = fc.sample(spansRecord, 1);
    const [trace] = fc.sample(traceRecord, 1);
    if (record === undefined || trace === undefined) throw new Error('no sample');
    expect({
      spans: header(encodeSpansRecord(record)),
      trace: header(encodeTraceRecord(trace)),
      heartbeat: header(encodeHeartbeat({ type: 'heartbeat', watermark: { offset: 0, streamTimeMs: 0 } })),
    }).toMatchInlineSnapshot(`
      {
        "heartbeat": "c3017746cbfa8a3860f7",
        "spans": "c301e4dd9e5d4206b1a6",
        "trace": "c301485915d30182ab58",
      }
    `);
  });
});

/** Buffers as plain arrays: a view and a copy are equal. */
function plain(value: unknown): unknown {
  if (value instanceof PackedChunkIndex) {
    const { spanIds, parentIds, marks, startNs, endNs, bodyBytes } = value;
    return plain({ spanIds, parentIds, marks, startNs, endNs, bodyBytes });
  }
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}
