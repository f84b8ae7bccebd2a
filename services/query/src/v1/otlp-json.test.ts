import { describe, expect, it } from 'vitest';
import { SpanKind, StatusCode, type AttributeValue } from '@spanloom/span';
import { aResource, aSpan, text } from '../testing/spans.ts';
import { toOrderedOtlpJson, toOtlpJson } from './otlp-json.ts';

const sampleValues: readonly [AttributeValue, object][] = [
  [{ type: 'string', value: '' }, { stringValue: '' }],
  [{ type: 'bool', value: false }, { boolValue: false }],
  [{ type: 'int', value: -(2n ** 63n) }, { intValue: '-9223372036854775808' }],
  [{ type: 'double', value: Number.POSITIVE_INFINITY }, { doubleValue: 'Infinity' }],
  [{ type: 'bytes', value: new Uint8Array([255]) }, { bytesValue: '/w==' }],
  [{ type: 'array', value: [{ type: 'int', value: 1n }] }, { arrayValue: { values: [{ intValue: '1' }] } }],
  [{ type: 'map', value: [text('a', 'b')] }, { kvlistValue: { values: [{ key: 'a', value: { stringValue: 'b' } }] } }],
  [{ type: 'empty' }, {}],
];

describe('spans as OTLP JSON', () => {
  it('groups by resource and scope, in order of appearance', () => {
    const scope = { name: 'http', version: '', attributes: [], droppedAttributesCount: 0, schemaUrl: 'https://s' };
    const json = toOtlpJson([
      aSpan({ name: 'a' }),
      aSpan({ name: 'b', resource: aResource('other') }),
      aSpan({ name: 'c', resource: aResource('shop'), scope }),
      aSpan({ name: 'd' }),
    ]);
    const names = json.resourceSpans.map((each) =>
      each.scopeSpans.map((group) => group.spans.map((span) => 'name' in span && span.name)),
    );
    expect(names).toEqual([[['a', 'd'], ['c']], [['b']]]);
    expect(json.resourceSpans[0]?.scopeSpans[1]).toMatchObject({ scope: { name: 'http' }, schemaUrl: 'https://s' });
  });

  it('loses nothing of a span', () => {
    const link = { traceId: 'f'.repeat(32), spanId: 'e'.repeat(16), traceState: 'a=1', flags: 1 };
    const [group] = toOtlpJson([
      aSpan({
        parentSpanId: '00000000000000aa',
        traceState: 'b=2',
        flags: 0x301,
        kind: SpanKind.server,
        startTimeUnixNano: 1_700_000_000_000_000_001n,
        endTimeUnixNano: 1_700_000_000_000_000_002n,
        attributes: [text('k', 'v')],
        droppedAttributesCount: 1,
        events: [{ timeUnixNano: 5n, name: 'e', attributes: [text('x', 'y')], droppedAttributesCount: 2 }],
        droppedEventsCount: 3,
        links: [{ ...link, attributes: [], droppedAttributesCount: 4 }],
        droppedLinksCount: 5,
        status: { code: StatusCode.error, message: 'boom' },
      }),
    ]).resourceSpans;
    expect(group?.scopeSpans[0]?.spans[0]).toEqual({
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      spanId: '00f067aa0ba902b7',
      parentSpanId: '00000000000000aa',
      traceState: 'b=2',
      flags: 0x301,
      name: 'GET /cart',
      kind: 2,
      startTimeUnixNano: '1700000000000000001',
      endTimeUnixNano: '1700000000000000002',
      attributes: [{ key: 'k', value: { stringValue: 'v' } }],
      droppedAttributesCount: 1,
      events: [
        {
          timeUnixNano: '5',
          name: 'e',
          attributes: [{ key: 'x', value: { stringValue: 'y' } }],
          droppedAttributesCount: 2,
        },
      ],
      droppedEventsCount: 3,
      links: [{ ...link, droppedAttributesCount: 4 }],
      droppedLinksCount: 5,
      status: { code: 2, message: 'boom' },
    });
  });

  it('says where each span stood, for groups bring together what stood apart', () => {
    const scope = { ...aSpan().scope, name: 'other' };
    const spans = [
      aSpan({ name: '0' }),
      aSpan({ name: '1', resource: aResource('cart') }),
      aSpan({ name: '2', scope }),
      aSpan({ name: '3' }),
      aSpan({ name: '4', resource: aResource('cart') }),
    ];
    const { json, order } = toOrderedOtlpJson(spans);
    const names = json.resourceSpans.flatMap(({ scopeSpans }) =>
      scopeSpans.flatMap((each) => each.spans.map((span) => (span as { name: string }).name)),
    );
    expect(names).toEqual(['0', '3', '2', '1', '4']);
    expect(order.map(String)).toEqual(names);
  });

  it.each(sampleValues)('writes value %#', (value, json) => {
    const [group] = toOtlpJson([aSpan({ attributes: [{ key: 'k', value }] })]).resourceSpans;
    expect(group?.scopeSpans[0]?.spans[0]).toMatchObject({ attributes: [{ key: 'k', value: json }] });
  });
});
