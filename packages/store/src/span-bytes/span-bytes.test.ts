import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AttributeValue } from '@spanloom/span';
import { RowReader } from '../native/row-reader.ts';
import { bytes, spanBytes } from '../testing/otlp.ts';
import { exampleSpan } from '../testing/spans.ts';
import { FieldReader } from '@spanloom/wire';
import { spanMessage } from './put-together.ts';
import { attributeTexts } from './texts.ts';
import { SpanParts } from './take-apart.ts';

/** Fields of a message as text, by number, each number's in their order: what order between numbers cannot change. */
function fieldsOf(message: Uint8Array): Map<number, string[]> {
  const fields = new Map<number, string[]>();
  const reader = new FieldReader().open(message, 0, message.length);
  while (reader.next()) {
    const list = fields.get(reader.number) ?? [];
    list.push(Buffer.from(message.subarray(reader.from, reader.to)).toString('hex'));
    fields.set(reader.number, list);
  }
  return new Map([...fields].sort(([a], [b]) => a - b));
}

function throughParts(message: Uint8Array, startNs: bigint, endNs: bigint, name: string): Uint8Array {
  const parts = new SpanParts(1, 0);
  const durationNs = endNs > startNs ? endNs - startNs : 0n;
  const end = startNs + durationNs;
  const added = parts.add(message, 0, message.length, {
    name: true,
    endMs: Number(end / 1_000_000n),
    endSubNs: Number(end % 1_000_000n),
  });
  expect(added).toBe(true);
  const keys: Uint8Array[] = [];
  const values = new RowReader(parts.values.finish());
  for (const id of parts.keyIds.subarray(0, parts.keyCount)) {
    const out = new RowReader(keyBytes(parts, id));
    keys.push(out.blob(), values.blob());
  }
  const span = exampleSpan();
  return spanMessage({
    traceId: Buffer.from(span.traceId, 'hex'),
    spanId: Buffer.from(span.spanId, 'hex'),
    parentSpanId: Buffer.from(span.parentSpanId, 'hex'),
    name: Buffer.from(name),
    kind: span.kind,
    status: span.status.code,
    startNs,
    durationNs,
    attributes: keys,
    types: new RowReader(parts.types.finish()).blob(),
    rest: new RowReader(parts.rests.finish()).blob(),
  });
}

function keyBytes(parts: SpanParts, id: number): Uint8Array {
  const into = parts.statusMessages;
  into.length = 0;
  parts.keys.write(into, id);
  return Uint8Array.from(into.finish());
}

test('every field of a span comes back', () => {
  const span = exampleSpan();
  const message = spanBytes(span);
  const back = throughParts(message, span.startTimeUnixNano, span.endTimeUnixNano, span.name);
  const expected = fieldsOf(message);
  // The status of the column comes first, the one of the rest wins.
  const actual = fieldsOf(back);
  actual.set(15, (actual.get(15) ?? []).slice(-1));
  expect(actual).toEqual(expected);
});

test('fields that we do not know come back', () => {
  const span = { ...exampleSpan(), status: { code: 2 as const, message: '' } };
  const message = Buffer.concat([spanBytes(span), bytes(99, Buffer.from('from the future'))]);
  const back = throughParts(message, span.startTimeUnixNano, span.endTimeUnixNano, span.name);
  expect(fieldsOf(back).get(99)).toEqual(fieldsOf(message).get(99));
});

test('attributes of any type keep value and order', () => {
  const value: fc.Arbitrary<AttributeValue> = fc.oneof(
    fc.record({ type: fc.constant('string' as const), value: fc.string({ unit: 'binary' }) }),
    fc.record({ type: fc.constant('bool' as const), value: fc.boolean() }),
    fc.record({
      type: fc.constant('int' as const),
      value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    }),
    fc.record({ type: fc.constant('double' as const), value: fc.double() }),
    fc.record({ type: fc.constant('bytes' as const), value: fc.uint8Array() }),
    fc.constant<AttributeValue>({ type: 'empty' }),
    fc.constant<AttributeValue>({
      type: 'array',
      value: [{ type: 'int', value: 1n }, { type: 'empty' }],
    }),
  );
  const attribute = fc.record({
    key: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 }),
    value,
  });
  fc.assert(
    fc.property(fc.array(attribute), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (attributes, endNs) => {
      const span = {
        ...exampleSpan(),
        attributes,
        status: { code: 2 as const, message: '' },
        endTimeUnixNano: endNs,
      };
      const message = spanBytes(span);
      const back = fieldsOf(throughParts(message, span.startTimeUnixNano, endNs, span.name));
      expect(back.get(9)).toEqual(fieldsOf(message).get(9));
      expect(back.get(8)?.at(-1)).toEqual(fieldsOf(message).get(8)?.at(-1));
    }),
    { numRuns: 300 },
  );
});

test('bytes that are no message are refused, and leave nothing behind', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (message) => {
      const parts = new SpanParts(1, 0);
      const added = parts.add(message, 0, message.length, { name: true, endMs: 0, endSubNs: 0 });
      expect(parts.counts.length).toBe(added ? 1 : 0);
      if (!added) expect(parts.values.length + parts.keyCount).toBe(0);
    }),
    { numRuns: 2000 },
  );
});

test('texts of attributes leave out what is no scalar', () => {
  const resource = exampleSpan().resource;
  const message = Buffer.concat(resource.attributes.map((attribute) => firstAttribute(attribute)));
  expect(attributeTexts(message, 9)).toEqual([
    ['service.name', 'checkout'],
    ['host.cpus', '8'],
  ]);
});

function firstAttribute(attribute: { key: string; value: AttributeValue }): Uint8Array {
  const message = spanBytes({ ...exampleSpan(), attributes: [attribute] });
  const reader = new FieldReader().open(message, 0, message.length);
  while (reader.next()) if (reader.number === 9) return message.subarray(reader.start, reader.to);
  throw new Error('no attribute was written');
}
