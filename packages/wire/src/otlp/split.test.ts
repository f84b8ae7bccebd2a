import { createHash } from 'node:crypto';

import { Mark, SpanTable } from '@spanloom/span';
import type { Span } from '@spanloom/span';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { FieldWriter } from '../protobuf/writer.ts';
import { decodeSpans } from './decode.ts';
import { encodeSpans } from './encode.ts';
import { skimBody } from './skim.ts';
import { defaultChunkLimits, splitRequest } from './split.ts';
import type { ChunkLimits, SplitRequest } from './split.ts';
import { canonical, resourceWith, someSpans, spanWith, textAttributes } from './testing/spans.ts';

const traceA = 'aa'.repeat(16);
const traceB = 'bb'.repeat(16);
const idOf = (n: number): string => n.toString(16).padStart(16, '0');
const noise = (bytes: number): Uint8Array =>
  new Uint8Array(createHash('shake256', { outputLength: bytes }).update('noise').digest());

describe('a request is split by trace', () => {
  test('spans of a trace that are scattered come together, in their order', () => {
    const cart = resourceWith({ 'service.name': 'cart' });
    const shop = resourceWith({ 'service.name': 'shop' });
    const spans = [traceA, traceB, traceA, traceB, traceA].map((traceId, i) =>
      spanWith({ traceId, spanId: idOf(i + 1), resource: i < 3 ? cart : shop }),
    );
    const { chunks, acceptedSpans, rejectedSpans, rejectedBecause } = split(spans);
    expect({ acceptedSpans, rejectedSpans, rejectedBecause }).toEqual({
      acceptedSpans: 5,
      rejectedSpans: 0,
      rejectedBecause: '',
    });
    expect(chunks.map(({ traceId }) => traceId)).toEqual([traceA, traceB]);
    expect(chunks.map(({ body }) => decoded(body))).toEqual([
      [spans[0], spans[2], spans[4]],
      [spans[1], spans[3]],
    ]);
  });

  test('an empty request has no chunks', () => {
    expect(splitRequest(new Uint8Array(0))).toMatchObject({ ok: true, value: { chunks: [], acceptedSpans: 0 } });
  });

  test('resource, scope, schema URLs and fields that nobody knows yet stay with each trace', () => {
    const out = new FieldWriter();
    out.message(1, () => {
      out.message(2, () => {
        for (const traceId of [traceA, traceB]) {
          out.message(2, () => {
            out.bytes(1, Buffer.from(traceId, 'hex'));
            out.bytes(2, Buffer.from(idOf(1), 'hex'));
            out.string(77, `span ${traceId}`);
          });
        }
        out.string(78, 'in ScopeSpans');
        out.message(1, () => out.string(79, 'in scope'));
        out.string(3, 'scope URL');
      });
      out.string(80, 'in ResourceSpans');
      out.message(1, () => out.string(81, 'in resource'));
      out.string(3, 'resource URL');
    });
    const { chunks } = splitBytes(out.finish());
    expect(chunks).toHaveLength(2);
    for (const { traceId, body } of chunks) {
      const text = Buffer.from(body).toString('latin1');
      for (const kept of ['in ScopeSpans', 'in scope', 'in ResourceSpans', 'in resource', `span ${traceId}`])
        expect(text).toContain(kept);
      expect(text).not.toContain(`span ${traceId === traceA ? traceB : traceA}`);
      expect(decoded(body)).toMatchObject([
        { traceId, resource: { schemaUrl: 'resource URL' }, scope: { schemaUrl: 'scope URL' } },
      ]);
    }
  });

  test('no span is lost, made up or changed', () => {
    fc.assert(
      fc.property(someSpans, fc.integer({ min: 1, max: 5 }), (spans, maxSpans) => {
        const { chunks } = split(spans, { ...defaultChunkLimits, maxSpans });
        for (const { index, traceId, body, truncated } of chunks) {
          expect(truncated).toBe(false);
          expect(index.bodyBytes).toBe(body.length);
          expect(index.marks.length).toBeLessThanOrEqual(maxSpans);
          expect(new Set(decoded(body).map((span) => span.traceId))).toEqual(new Set([traceId]));
        }
        expect(chunks.flatMap(({ body }) => decoded(body).map(canonical)).toSorted()).toEqual(
          spans.map(canonical).toSorted(),
        );
      }),
      { numRuns: 50 },
    );
  });
});

describe('the index of a chunk', () => {
  test('says of each span what the assembler asks', () => {
    fc.assert(
      fc.property(someSpans, (spans) => {
        for (const { index, body } of split(spans).chunks) {
          const inside = decoded(body);
          expect(Buffer.from(index.spanIds).toString('hex')).toBe(inside.map((span) => span.spanId).join(''));
          expect(Buffer.from(index.parentIds).toString('hex')).toBe(
            inside.map((span) => span.parentSpanId.padStart(16, '0')).join(''),
          );
          expect([...index.marks]).toEqual(inside.map(markOfSpan));
          expect(index.startNs).toBe(inside.map((span) => span.startTimeUnixNano).reduce((a, b) => (a < b ? a : b)));
          expect(index.endNs).toBe(inside.map((span) => span.endTimeUnixNano).reduce((a, b) => (a > b ? a : b)));
        }
      }),
    );
  });

  test.each([
    ['nothing is said of the parent', 0x001, 0, 3],
    ['a local parent', 0x101, 0, 3 | Mark.parentKnown],
    ['a remote parent', 0x301, 1, 3 | Mark.parentKnown | Mark.parentRemote],
    ['is-remote without has-is-remote', 0x200, 0, 3],
    ['an error', 0, 2, 3 | Mark.error],
  ] as const)('marks: %s', (_, flags, code, mark) => {
    const { chunks } = split([spanWith({ kind: 3, flags, status: { code, message: '' } })]);
    expect([...(chunks[0]?.index.marks ?? [])]).toEqual([mark]);
  });

  test.each([
    ['the beginning and the end of time', 0n, 2n ** 64n - 1n],
    ['an end before its start', 1_700_000_000_000_000_000n, 5n],
  ])('%s are kept as sent', (_, startTimeUnixNano, endTimeUnixNano) => {
    const span = spanWith({ startTimeUnixNano, endTimeUnixNano });
    const { chunks } = split([span]);
    expect(chunks[0]?.index).toMatchObject({ startNs: startTimeUnixNano, endNs: endTimeUnixNano });
    expect(chunks.flatMap(({ body }) => decoded(body))).toEqual([span]);
  });

  test('a parent of zeros is a root', () => {
    const { chunks } = splitBytes(rawSpan({ 1: traceA, 2: idOf(1), 4: '00'.repeat(8) }));
    expect(chunks[0]?.index.parentIds).toEqual(new Uint8Array(8));
  });
});

describe('spans are refused one by one', () => {
  test.each([
    ['a trace id that is too short', { 1: 'aa'.repeat(15), 2: idOf(1) }, 'trace_id has 15 bytes, expected 16'],
    ['no trace id', { 2: idOf(1) }, 'trace_id has 0 bytes, expected 16'],
    ['a trace id of zeros', { 1: '00'.repeat(16), 2: idOf(1) }, 'trace_id is all zero'],
    ['a span id that is too long', { 1: traceA, 2: 'aa'.repeat(9) }, 'span_id has 9 bytes, expected 8'],
    ['a span id of zeros', { 1: traceA, 2: '00'.repeat(8) }, 'span_id is all zero'],
    [
      'a parent id of 4 bytes',
      { 1: traceA, 2: idOf(1), 4: 'aaaaaaaa' },
      'parent_span_id has 4 bytes, expected none or 8',
    ],
  ])('%s', (_, fields, reason) => {
    const good = encodeSpans([spanWith({ traceId: traceB })]);
    const alone = splitBytes(rawSpan(fields));
    expect(alone).toEqual({
      chunks: [],
      acceptedSpans: 0,
      rejectedSpans: 1,
      rejectedBecause: `1 span refused: ${reason}.`,
    });
    const { chunks, ...counts } = splitBytes(Buffer.concat([rawSpan(fields), good, rawSpan(fields)]));
    expect(counts).toEqual({
      acceptedSpans: 1,
      rejectedSpans: 2,
      rejectedBecause: `2 spans refused; the first: ${reason}.`,
    });
    expect(chunks.flatMap(({ body }) => decoded(body))).toEqual([spanWith({ traceId: traceB })]);
  });
});

describe('a chunk has limits', () => {
  const many = Array.from({ length: 10 }, (_, i) =>
    spanWith({ spanId: idOf(i + 1), attributes: [{ key: 'k', value: { type: 'bytes', value: noise(1000) } }] }),
  );

  test.each<[string, Partial<ChunkLimits>, number]>([
    ['spans', { maxSpans: 4 }, 3],
    ['bytes', { maxBodyBytes: 3500 }, 4],
    ['compressed bytes', { maxCompressedBytes: 1400 }, 1],
  ])('%s: a larger trace makes several chunks', (_, limits, atLeast) => {
    const { chunks } = split(many, { ...defaultChunkLimits, ...limits });
    expect(chunks.length).toBeGreaterThanOrEqual(atLeast);
    expect(chunks.some(({ truncated }) => truncated)).toBe(false);
    expect(chunks.flatMap(({ body }) => decoded(body))).toEqual(many);
    for (const { body } of chunks) expect(body.length).toBeLessThanOrEqual(limits.maxBodyBytes ?? Infinity);
  });

  test('10,000 attributes fit', () => {
    const span = spanWith({
      attributes: Array.from({ length: 10_000 }, (_, i) => ({ key: `k${i}`, value: { type: 'string', value: 'v' } })),
    });
    const { chunks } = split([span]);
    expect(chunks).toMatchObject([{ truncated: false }]);
    expect(chunks.flatMap(({ body }) => decoded(body))).toEqual([span]);
  });

  test('an attribute of 1 MB fits if it compresses, and is cut and flagged if it does not', () => {
    const bytes = (value: Uint8Array): Span =>
      spanWith({ name: 'large', attributes: [{ key: 'big', value: { type: 'bytes', value } }] });
    expect(split([bytes(new Uint8Array(1_100_000))]).chunks).toMatchObject([{ truncated: false }]);
    const { chunks } = split([bytes(noise(1_100_000))]);
    expect(chunks).toMatchObject([{ truncated: true }]);
    expect(chunks.flatMap(({ body }) => decoded(body))).toEqual([bytes(noise(65_536))]);
  });

  test('a resource of 2 MB is cut with every span that it holds for, always the same way', () => {
    const texts = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [`k${i}`, Buffer.from(noise(40_000)).toString('base64')]),
    );
    const resource = {
      ...resourceWith({}),
      attributes: [...textAttributes({ 'service.name': 'cart' }), ...textAttributes(texts)],
    };
    const spans = [1, 2].map((n) => spanWith({ spanId: idOf(n), resource }));
    const limits = { ...defaultChunkLimits, maxCompressedBytes: 8192 };
    const { chunks } = split(spans, limits);
    expect(chunks.map(({ truncated, body }) => [truncated, body.length <= 8192])).toEqual([
      [true, true],
      [true, true],
    ]);
    expect(split(spans, limits).chunks.map(({ body }) => Buffer.from(body).toString('hex'))).toEqual(
      chunks.map(({ body }) => Buffer.from(body).toString('hex')),
    );
    const [first] = chunks.flatMap(({ body }) => decoded(body));
    expect(first?.resource.attributes[0]).toEqual(resource.attributes[0]);
    expect((first?.resource.attributes.length ?? 0) + (first?.resource.droppedAttributesCount ?? 0)).toBe(41);
  });
});

describe('bad bytes', () => {
  test('text that is no UTF-8 is kept as it came', () => {
    const request = rawSpan({ 1: traceA, 2: idOf(1), 5: '61ff62' });
    const { chunks } = splitBytes(Buffer.concat([request, rawSpan({ 1: traceB, 2: idOf(2), 5: 'fe' })]));
    expect(chunks.map(({ body }) => Buffer.from(body).toString('hex'))).toEqual([
      expect.stringContaining('2a0361ff62'),
      expect.stringContaining('2a01fe'),
    ]);
  });

  test.each([
    ['text', '{"resourceSpans":[]}'],
    ['a length beyond the end', '\u{a}\u{20}a'],
    ['a group', '\u{b}\u{c}'],
  ])('%s is no request', (_, bytes) => {
    expect(splitRequest(Buffer.from(bytes, 'latin1'))).toEqual({
      ok: false,
      error: { message: 'The bytes are no ExportTraceServiceRequest in protobuf.', unknownSchema: false },
    });
  });

  test('whatever bytes change, nothing throws, and what is accepted can be read', () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 });
    const attempts = fc.array(fc.tuple(changes, fc.option(fc.nat())), { minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(someSpans, attempts, (spans, each) => {
        const whole = encodeSpans(spans);
        for (const [bytesChanged, cut] of each) {
          const bytes = Uint8Array.from(whole);
          for (const [at, byte] of bytesChanged) bytes[at % bytes.length] = byte;
          readAccepted(cut === null ? bytes : bytes.subarray(0, cut % bytes.length));
        }
      }),
      { numRuns: 30 },
    );
  });
});

/** Every chunk of an accepted request can be decoded and skimmed, and has as many spans as its index says. */
function readAccepted(bytes: Uint8Array): void {
  const request = splitRequest(bytes);
  for (const { body, index } of request.ok ? request.value.chunks : []) {
    const table = new SpanTable();
    const rows = skimBody(table, body).ok ? table.length : -1;
    expect([decoded(body).length, rows]).toEqual([index.marks.length, index.marks.length]);
  }
}

function split(spans: readonly Span[], limits?: ChunkLimits): SplitRequest {
  return splitBytes(encodeSpans(spans), limits);
}

function splitBytes(bytes: Uint8Array, limits?: ChunkLimits): SplitRequest {
  const request = splitRequest(bytes, limits);
  if (!request.ok) throw new Error(request.error.message);
  return request.value;
}

function decoded(body: Uint8Array): Span[] {
  const spans = decodeSpans(body);
  if (!spans.ok) throw new Error(spans.error.message);
  return spans.value;
}

/** A request with one span that has these fields, in hexadecimal. */
function rawSpan(fields: Readonly<Record<number, string>>): Uint8Array {
  const out = new FieldWriter();
  out.message(1, () =>
    out.message(2, () =>
      out.message(2, () => {
        for (const [number, hex] of Object.entries(fields)) out.bytes(Number(number), Buffer.from(hex, 'hex'));
      }),
    ),
  );
  return out.finish();
}

function markOfSpan({ kind, flags, status }: Span): number {
  const known = (flags & 0x100) === 0 ? 0 : Mark.parentKnown;
  const remote = (flags & 0x300) === 0x300 ? Mark.parentRemote : 0;
  return kind | known | remote | (status.code === 2 ? Mark.error : 0);
}
