import { describe, expect, it } from 'vitest';
import { SpanKind, StatusCode } from '@spanloom/span';
import { aResource, aSpan, text } from '../testing/spans.ts';
import { toJaegerTrace } from './trace.ts';

describe('a trace in the JSON of Jaeger', () => {
  it('has every field, in order, empty lists as [] and times in whole microseconds', () => {
    const trace = toJaegerTrace([aSpan()], false);
    expect(JSON.stringify(trace)).toBe(
      '{"traceID":"4bf92f3577b34da6a3ce929d0e0e4736","spans":[{"traceID":"4bf92f3577b34da6a3ce929d0e0e4736",' +
        '"spanID":"00f067aa0ba902b7","operationName":"GET /cart","references":[],"startTime":1700000000000000,' +
        '"duration":1500,"tags":[{"key":"span.kind","type":"string","value":"internal"}],"logs":[],' +
        '"processID":"p1","warnings":null}],"processes":{"p1":{"serviceName":"shop","tags":[]}},"warnings":null}',
    );
  });

  it('writes 64-bit trace ids with 16 digits, leading zeros kept', () => {
    const trace = toJaegerTrace([aSpan({ traceId: '000000000000000000f067aa0ba902b7' })], false);
    expect(trace.traceID).toBe('00f067aa0ba902b7');
    expect(trace.spans[0]?.traceID).toBe('00f067aa0ba902b7');
  });

  it('makes tags of scope, attributes, kind, trace state and status, in this order', () => {
    const [span] = toJaegerTrace(
      [
        aSpan({
          kind: SpanKind.server,
          traceState: 'ot=th:8',
          attributes: [text('a', '')],
          scope: { name: 'http', version: '1.2', attributes: [], droppedAttributesCount: 0, schemaUrl: '' },
          status: { code: StatusCode.error, message: 'boom' },
        }),
      ],
      false,
    ).spans;
    expect(span?.tags).toEqual([
      { key: 'otel.scope.name', type: 'string', value: 'http' },
      { key: 'otel.scope.version', type: 'string', value: '1.2' },
      { key: 'a', type: 'string', value: '' },
      { key: 'span.kind', type: 'string', value: 'server' },
      { key: 'w3c.tracestate', type: 'string', value: 'ot=th:8' },
      { key: 'otel.status_code', type: 'string', value: 'ERROR' },
      { key: 'error', type: 'bool', value: true },
      { key: 'otel.status_description', type: 'string', value: 'boom' },
    ]);
  });

  it('keeps every digit of an integer and writes arrays and maps as JSON', () => {
    const [span] = toJaegerTrace(
      [
        aSpan({
          kind: SpanKind.unspecified,
          attributes: [
            { key: 'small', value: { type: 'int', value: 42n } },
            { key: 'large', value: { type: 'int', value: 9_007_199_254_740_993n } },
            { key: 'double', value: { type: 'double', value: 0.5 } },
            { key: 'nan', value: { type: 'double', value: Number.NaN } },
            { key: 'bytes', value: { type: 'bytes', value: new Uint8Array([1, 2, 3]) } },
            {
              key: 'array',
              value: {
                type: 'array',
                value: [
                  { type: 'string', value: 'x' },
                  { type: 'int', value: 2n ** 60n },
                ],
              },
            },
            { key: 'map', value: { type: 'map', value: [{ key: 'k', value: { type: 'bool', value: true } }] } },
            { key: 'empty', value: { type: 'empty' } },
          ],
        }),
      ],
      false,
    ).spans;
    expect(span?.tags).toEqual([
      { key: 'small', type: 'int64', value: 42 },
      { key: 'large', type: 'int64', value: '9007199254740993' },
      { key: 'double', type: 'float64', value: 0.5 },
      { key: 'nan', type: 'float64', value: 'NaN' },
      { key: 'bytes', type: 'binary', value: 'AQID' },
      { key: 'array', type: 'string', value: '["x",1152921504606846976]' },
      { key: 'map', type: 'string', value: '{"k":true}' },
      { key: 'empty', type: 'string', value: '' },
    ]);
  });

  it('names services and spans that have no name, and shares processes', () => {
    const unnamed = { attributes: [text('host', 'a')], droppedAttributesCount: 0, schemaUrl: '' };
    const trace = toJaegerTrace(
      [
        aSpan(),
        aSpan({ resource: aResource('shop') }),
        aSpan({ resource: unnamed, name: '' }),
        aSpan({ resource: aResource('') }),
      ],
      true,
    );
    expect(trace.spans.map((span) => span.processID)).toEqual(['p1', 'p1', 'p2', 'p3']);
    expect(trace.processes).toMatchObject({
      p2: { serviceName: 'missing-service-name', tags: [{ key: 'host', type: 'string', value: 'a' }] },
      p3: { serviceName: 'empty-service-name', tags: [] },
    });
    expect(trace.spans[2]?.operationName).toBe('empty-span-name');
  });

  it('puts the parent before links, and a link to the parent in its place', () => {
    const link = { traceState: '', attributes: [], droppedAttributesCount: 0, flags: 0 };
    const parentSpanId = '00000000000000aa';
    const elsewhere = { ...link, traceId: '0000000000000000000000000000000b', spanId: '00000000000000bb' };
    const ofParent = { ...link, traceId: aSpan().traceId, spanId: parentSpanId };
    const [both, replaced] = toJaegerTrace(
      [aSpan({ parentSpanId, links: [elsewhere] }), aSpan({ parentSpanId, links: [ofParent] })],
      true,
    ).spans;
    expect(both?.references).toEqual([
      { refType: 'CHILD_OF', traceID: aSpan().traceId, spanID: parentSpanId },
      { refType: 'FOLLOWS_FROM', traceID: '000000000000000b', spanID: '00000000000000bb' },
    ]);
    expect(replaced?.references).toEqual([{ refType: 'FOLLOWS_FROM', traceID: aSpan().traceId, spanID: parentSpanId }]);
  });

  it('shows events with their name first, and a span that ends before it starts as 0 long', () => {
    const [span] = toJaegerTrace(
      [
        aSpan({
          endTimeUnixNano: 5n,
          events: [{ timeUnixNano: 1_999n, name: 'retry', attributes: [text('why', 'x')], droppedAttributesCount: 0 }],
        }),
      ],
      false,
    ).spans;
    expect(span?.logs).toEqual([
      {
        timestamp: 1,
        fields: [
          { key: 'event', type: 'string', value: 'retry' },
          { key: 'why', type: 'string', value: 'x' },
        ],
      },
    ]);
    expect(span).toMatchObject({
      duration: 0,
      warnings: [
        'Negative duration detected, sanitizing end timestamp. ' +
          'Original end timestamp: 1970-01-01 00:00:00.000000005 +0000 UTC, adjusted to: 2023-11-14 22:13:20.000001 +0000 UTC',
      ],
    });
  });

  it('gives the server of a shared id its own, under the client, and its children follow; raw does not', () => {
    const id = '00000000000000aa';
    const spans = [
      aSpan({ spanId: id, kind: SpanKind.client }),
      aSpan({ spanId: id, kind: SpanKind.server }),
      aSpan({ spanId: '0000000000000001', parentSpanId: id }),
    ];
    const parents = (raw: boolean): unknown[] =>
      toJaegerTrace(spans, raw).spans.map((span) => [span.spanID, span.references[0]?.spanID]);
    expect(parents(false)).toEqual([
      [id, undefined],
      ['0000000000000002', id],
      ['0000000000000001', '0000000000000002'],
    ]);
    expect(parents(true)).toEqual([
      [id, undefined],
      [id, undefined],
      ['0000000000000001', id],
    ]);
  });
});
