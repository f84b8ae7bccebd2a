import type {
  Attribute,
  AttributeValue,
  Resource,
  Scope,
  Span,
  SpanEvent,
  SpanKind,
  SpanLink,
  StatusCode,
} from '@spanloom/span';
import fc from 'fast-check';

/** A span with nothing in it but its ids, and what a test is about. */
export function spanWith(given: Partial<Span> = {}): Span {
  return {
    traceId: '0102030405060708090a0b0c0d0e0f10',
    spanId: '1112131415161718',
    parentSpanId: '',
    traceState: '',
    flags: 0,
    name: 'work',
    kind: 1,
    startTimeUnixNano: 1_700_000_000_123_456_789n,
    endTimeUnixNano: 1_700_000_000_133_456_790n,
    attributes: [],
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: { code: 0, message: '' },
    resource: resourceWith({ 'service.name': 'cart' }),
    scope: { name: 'http', version: '1', attributes: [], droppedAttributesCount: 0, schemaUrl: '' },
    ...given,
  };
}

export function resourceWith(texts: Readonly<Record<string, string>>): Resource {
  return { attributes: textAttributes(texts), droppedAttributesCount: 0, schemaUrl: '' };
}

export function textAttributes(texts: Readonly<Record<string, string>>): Attribute[] {
  return Object.entries(texts).map(([key, value]) => ({ key, value: { type: 'string', value } }));
}

const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const id = (bytes: number): fc.Arbitrary<string> =>
  fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .filter((b) => b.some((byte) => byte !== 0))
    .map((b) => Buffer.from(b).toString('hex'));

const { value: attributeValue } = fc.letrec<{ value: AttributeValue; attribute: Attribute }>((tie) => ({
  attribute: fc.record({ key: text, value: tie('value') }),
  value: fc.oneof(
    { maxDepth: 2, depthIdentifier: 'value' },
    text.map((value): AttributeValue => ({ type: 'string', value })),
    fc.boolean().map((value): AttributeValue => ({ type: 'bool', value })),
    int64.map((value): AttributeValue => ({ type: 'int', value })),
    fc.double().map((value): AttributeValue => ({ type: 'double', value })),
    fc.uint8Array({ maxLength: 8 }).map((value): AttributeValue => ({ type: 'bytes', value })),
    fc.constant<AttributeValue>({ type: 'empty' }),
    fc.array(tie('value'), { maxLength: 2 }).map((value): AttributeValue => ({ type: 'array', value })),
    fc.array(tie('attribute'), { maxLength: 2 }).map((value): AttributeValue => ({ type: 'map', value })),
  ),
}));

/** Keys that figures are made of, mixed with others, so that they meet in one span. */
const key = fc.oneof(
  text,
  fc.constantFrom(
    'peer.service',
    'db.system.name',
    'db.system',
    'db.namespace',
    'db.name',
    'messaging.system',
    'messaging.destination.name',
    'server.address',
    'net.peer.name',
    'rpc.service',
    'http.route',
    'http.request.method',
    'url.template',
    'http.method',
    'service.name',
    'service.namespace',
    'deployment.environment',
    'deployment.environment.name',
  ),
);
const named = fc
  .constantFrom('', 'GET', '/items/{id}', 'postgresql', '10.0.0.1', 'cart:8080', 'shop')
  .map((value): AttributeValue => ({ type: 'string', value }));
const attributes: fc.Arbitrary<Attribute[]> = fc.array(fc.record({ key, value: fc.oneof(named, attributeValue) }), {
  maxLength: 5,
});

const event: fc.Arbitrary<SpanEvent> = fc.record({
  timeUnixNano: uint64,
  name: text,
  attributes,
  droppedAttributesCount: uint32,
});
const link: fc.Arbitrary<SpanLink> = fc.record({
  traceId: id(16),
  spanId: id(8),
  traceState: text,
  attributes,
  droppedAttributesCount: uint32,
  flags: uint32,
});
const resource: fc.Arbitrary<Resource> = fc.record({ attributes, droppedAttributesCount: uint32, schemaUrl: text });
const scope: fc.Arbitrary<Scope> = fc.record({
  name: text,
  version: text,
  attributes,
  droppedAttributesCount: uint32,
  schemaUrl: text,
});
const traceState = fc.oneof(fc.constant(''), text, fc.constantFrom('ot=th:8', 'a=b,ot=rv:1;th:fd', 'ot=th:c'));
const spanName = fc.oneof(text, fc.constantFrom('GET /items/4711', 'GET /items', 'query 0x00ffee0011'));

function spanOf(
  traceId: fc.Arbitrary<string>,
  of: fc.Arbitrary<{ resource: Resource; scope: Scope }>,
): fc.Arbitrary<Span> {
  return fc
    .tuple(
      fc.record({
        traceId,
        spanId: id(8),
        parentSpanId: fc.oneof(fc.constant('' as const), id(8)),
        traceState,
        flags: uint32,
        name: spanName,
        kind: fc.constantFrom<SpanKind>(0, 1, 2, 3, 4, 5),
        startTimeUnixNano: uint64,
        endTimeUnixNano: uint64,
        attributes,
        droppedAttributesCount: uint32,
        events: fc.array(event, { maxLength: 2 }),
        droppedEventsCount: uint32,
        links: fc.array(link, { maxLength: 2 }),
        droppedLinksCount: uint32,
        status: fc.record({ code: fc.constantFrom<StatusCode>(0, 1, 2), message: text }),
      }),
      of,
    )
    .map(([span, origin]) => ({ ...span, ...origin }));
}

/** Spans of few traces, resources and scopes, in any order. */
export const someSpans: fc.Arbitrary<Span[]> = fc
  .tuple(
    fc.array(id(16), { minLength: 1, maxLength: 3 }),
    fc.array(resource, { minLength: 1, maxLength: 3 }),
    fc.array(scope, { minLength: 1, maxLength: 2 }),
  )
  .chain(([traceIds, resources, scopes]) =>
    fc.array(
      spanOf(
        fc.constantFrom(...traceIds),
        fc.record({ resource: fc.constantFrom(...resources), scope: fc.constantFrom(...scopes) }),
      ),
      { minLength: 1, maxLength: 6 },
    ),
  );

/** One text for equal spans, so that bags of spans can be compared. */
export function canonical(span: Span): string {
  return JSON.stringify(span, (_, value: unknown) => {
    if (typeof value === 'bigint') return `${value}n`;
    if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
    return value instanceof Uint8Array ? [...value] : value;
  });
}
