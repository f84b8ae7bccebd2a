import type { AttributeValue } from '@spanloom/span';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { FieldWriter } from '../protobuf/writer.ts';
import { decodeResource, decodeScope, decodeSpans } from './decode.ts';
import { encodeSpans } from './encode.ts';
import { someSpans, spanWith } from './testing/spans.ts';

describe('spans in protobuf', () => {
  test('whatever OTLP can say comes back as it was', () => {
    fc.assert(
      fc.property(someSpans, (spans) => {
        expect(decodeSpans(encodeSpans(spans))).toEqual({ ok: true, value: spans });
      }),
      { numRuns: 50 },
    );
  });

  test.each<[string, AttributeValue]>([
    ['an empty string', { type: 'string', value: '' }],
    ['a string', { type: 'string', value: 'grün 🟢' }],
    ['false', { type: 'bool', value: false }],
    ['the smallest integer', { type: 'int', value: -(2n ** 63n) }],
    ['the largest integer', { type: 'int', value: 2n ** 63n - 1n }],
    ['zero', { type: 'int', value: 0n }],
    ['a double that is no number', { type: 'double', value: Number.NaN }],
    ['minus zero', { type: 'double', value: -0 }],
    ['bytes', { type: 'bytes', value: Uint8Array.of(0, 255, 128) }],
    ['no value', { type: 'empty' }],
    ['an empty array', { type: 'array', value: [] }],
    [
      'an array of all sorts',
      { type: 'array', value: [{ type: 'int', value: 1n }, { type: 'empty' }, { type: 'array', value: [] }] },
    ],
    [
      'a map that repeats a key',
      {
        type: 'map',
        value: [
          { key: 'a', value: { type: 'bool', value: true } },
          { key: 'a', value: { type: 'empty' } },
        ],
      },
    ],
  ])('keeps %s', (_, value) => {
    const span = spanWith({ attributes: [{ key: 'k', value }] });
    expect(decodeSpans(encodeSpans([span]))).toEqual({ ok: true, value: [span] });
  });

  test('a kind or status that is not known yet is unspecified or unset, a parent of zeros is none', () => {
    const body = bodyOf((span) => {
      span.bytes(4, new Uint8Array(8));
      span.uint(6, 17);
      span.message(15, () => span.uint(3, 9));
    });
    expect(decodeSpans(body)).toMatchObject({ ok: true, value: [{ kind: 0, parentSpanId: '', status: { code: 0 } }] });
  });

  test('bytes that are no UTF-8 become U+FFFD', () => {
    const body = bodyOf((span) => span.bytes(5, Uint8Array.of(0x61, 0xff, 0x62)));
    expect(decodeSpans(body)).toMatchObject({ ok: true, value: [{ name: 'a\u{fffd}b' }] });
  });

  test('fields that are not known are passed over', () => {
    const body = bodyOf((span) => {
      span.string(99, 'later');
      span.string(5, 'name');
      span.fixed64(6, 3n);
    });
    expect(decodeSpans(body)).toMatchObject({ ok: true, value: [{ name: 'name', kind: 0 }] });
  });

  test('a resource that is sent in two pieces is one', () => {
    const out = new FieldWriter();
    out.message(1, () => {
      out.message(1, () => out.message(1, () => out.string(1, 'a')));
      out.message(2, () => out.message(2, () => out.string(5, 'name')));
      out.message(1, () => out.message(1, () => out.string(1, 'b')));
    });
    const attributes = [{ key: 'a' }, { key: 'b' }];
    expect(decodeSpans(out.finish())).toMatchObject({ ok: true, value: [{ name: 'name', resource: { attributes } }] });
  });

  test('values nested 100 deep are read, deeper ones refused', () => {
    const nested = (depth: number): AttributeValue =>
      depth === 0 ? { type: 'empty' } : { type: 'array', value: [nested(depth - 1)] };
    const read = (depth: number): boolean =>
      decodeSpans(encodeSpans([spanWith({ attributes: [{ key: 'k', value: nested(depth) }] })])).ok;
    expect([read(40), read(120)]).toEqual([true, false]);
  });

  test('malformed bytes are an error, not an exception', () => {
    const whole = encodeSpans([spanWith()]);
    expect(decodeSpans(whole.subarray(0, whole.length - 1))).toMatchObject({
      ok: false,
      error: { unknownSchema: false },
    });
    expect(decodeResource(Uint8Array.of(0x0a, 9), '').ok).toBe(false);
    expect(decodeScope(Uint8Array.of(0x0a, 9), '').ok).toBe(false);
  });
});

function bodyOf(write: (span: FieldWriter) => void): Uint8Array {
  const out = new FieldWriter();
  out.message(1, () => out.message(2, () => out.message(2, () => write(out))));
  return out.finish();
}
