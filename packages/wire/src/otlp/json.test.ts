import { describe, expect, test } from 'vitest';

import { decodeSpans } from './decode.ts';
import { jsonToRequest } from './json.ts';

const traceId = '5b8efff798038103d269b633813fc60c';
const spanId = 'eee19b7ec3c1b174';

function request(span: object): object {
  return {
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
        schemaUrl: 'https://example.com/1',
        scopeSpans: [{ scope: { name: 'lib', version: '2' }, spans: [span] }],
      },
    ],
  };
}

function spansOf(document: unknown) {
  const bytes = jsonToRequest(JSON.stringify(document));
  if (!bytes.ok) throw new Error(bytes.error.message);
  const spans = decodeSpans(bytes.value);
  if (!spans.ok) throw new Error(spans.error.message);
  return spans.value;
}

describe('OTLP JSON', () => {
  test('carries every field', () => {
    const [span] = spansOf(
      request({
        traceId: traceId.toUpperCase(),
        spanId,
        parentSpanId: 'eee19b7ec3c1b173',
        traceState: 'a=b',
        flags: 0x301,
        name: 'GET /',
        kind: 2,
        startTimeUnixNano: '1700000000123456789',
        endTimeUnixNano: '18446744073709551615',
        attributes: [
          { key: 's', value: { stringValue: '' } },
          { key: 'i', value: { intValue: '-9223372036854775808' } },
          { key: 'n', value: { intValue: 7 } },
          { key: 'd', value: { doubleValue: 'NaN' } },
          { key: 'b', value: { boolValue: false } },
          { key: 'y', value: { bytesValue: 'AAEC' } },
          { key: 'a', value: { arrayValue: { values: [{ stringValue: 'x' }, {}] } } },
          { key: 'm', value: { kvlistValue: { values: [{ key: 'k', value: { doubleValue: 1.5 } }] } } },
        ],
        droppedAttributesCount: 1,
        events: [{ timeUnixNano: '5', name: 'e', attributes: [] }],
        links: [{ traceId, spanId, flags: 1 }],
        status: { code: 2, message: 'no' },
        notAField: { deep: [] },
      }),
    );
    expect(span).toMatchObject({
      traceId,
      spanId,
      parentSpanId: 'eee19b7ec3c1b173',
      traceState: 'a=b',
      flags: 0x301,
      name: 'GET /',
      kind: 2,
      startTimeUnixNano: 1700000000123456789n,
      endTimeUnixNano: 18446744073709551615n,
      droppedAttributesCount: 1,
      status: { code: 2, message: 'no' },
      scope: { name: 'lib', version: '2' },
      resource: { schemaUrl: 'https://example.com/1' },
    });
    expect(span?.attributes.map(({ key, value }) => [key, value.type, 'value' in value ? value.value : null])).toEqual([
      ['s', 'string', ''],
      ['i', 'int', -9223372036854775808n],
      ['n', 'int', 7n],
      ['d', 'double', NaN],
      ['b', 'bool', false],
      ['y', 'bytes', expect.anything()],
      ['a', 'array', [{ type: 'string', value: 'x' }, { type: 'empty' }]],
      ['m', 'map', [{ key: 'k', value: { type: 'double', value: 1.5 } }]],
    ]);
    expect(span?.events[0]).toMatchObject({ timeUnixNano: 5n, name: 'e' });
    expect(span?.links[0]).toMatchObject({ traceId, spanId, flags: 1 });
  });

  test('takes the original names, names of enums, and null for what is not there', () => {
    const [span] = spansOf({
      resource_spans: [
        {
          scope_spans: [
            {
              spans: [
                { trace_id: traceId, span_id: spanId, parent_span_id: null, kind: 'SPAN_KIND_CLIENT', name: 'x' },
              ],
            },
          ],
        },
      ],
    });
    expect(span).toMatchObject({ traceId, spanId, parentSpanId: '', kind: 3 });
  });

  test.each([
    ['an empty request', {}],
    ['no spans', { resourceSpans: [] }],
  ])('%s is fine', (_, document) => {
    expect(spansOf(document)).toEqual([]);
  });

  test.each([
    ['{', /^The body is no JSON/],
    ['[]', /^The request: an array, expected an object$/],
    ['{"resourceSpans":{}}', /^resourceSpans: an object, expected an array$/],
    [
      JSON.stringify(request({ traceId: 'xyz', spanId })),
      /^resourceSpans\[0\]\.scopeSpans\[0\]\.spans\[0\]\.traceId: "xyz" is not hexadecimal$/,
    ],
    [
      JSON.stringify(request({ traceId, spanId, startTimeUnixNano: '-1' })),
      /startTimeUnixNano: -1 is not between 0 and/,
    ],
    [
      JSON.stringify(request({ traceId, spanId, startTimeUnixNano: 1.5 })),
      /startTimeUnixNano: 1\.5, expected an integer/,
    ],
    [JSON.stringify(request({ traceId, spanId, name: 5 })), /spans\[0\]\.name: 5, expected a string/],
    [JSON.stringify(request({ traceId, spanId, kind: 'SERVER' })), /kind: "SERVER", expected an integer/],
  ])('%s is refused with its place', (text, message) => {
    const result = jsonToRequest(text);
    expect(!result.ok && result.error.message).toMatch(message);
  });

  test('refuses a document that is nested without end', () => {
    const deep = 5000;
    const value = `${'{"arrayValue":{"values":['.repeat(deep)}{}${']}}'.repeat(deep)}`;
    const text = JSON.stringify(request({ traceId, spanId, attributes: [{ key: 'k', value: 'DEEP' }] }));
    const result = jsonToRequest(text.replace('"DEEP"', value));
    expect(!result.ok && result.error.message).toMatch(/nested more than 100 deep/);
  });
});
