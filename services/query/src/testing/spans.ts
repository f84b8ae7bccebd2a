import { SpanKind, StatusCode, type Attribute, type Resource, type Span } from '@spanloom/span';

/** For tests: a root span of service `shop` that took 1.5 ms, with whatever is changed. */
export function aSpan(changes: Partial<Span> = {}): Span {
  return {
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    spanId: '00f067aa0ba902b7',
    parentSpanId: '',
    traceState: '',
    flags: 1,
    name: 'GET /cart',
    kind: SpanKind.internal,
    startTimeUnixNano: 1_700_000_000_000_000_999n,
    endTimeUnixNano: 1_700_000_000_001_500_999n,
    attributes: [],
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: { code: StatusCode.unset, message: '' },
    resource: aResource('shop'),
    scope: { name: '', version: '', attributes: [], droppedAttributesCount: 0, schemaUrl: '' },
    ...changes,
  };
}

/** For tests: the resource of a service, with more attributes after its name. */
export function aResource(service: string, more: readonly Attribute[] = []): Resource {
  return { attributes: [text('service.name', service), ...more], droppedAttributesCount: 0, schemaUrl: '' };
}

/** For tests: an attribute that holds text. */
export function text(key: string, value: string): Attribute {
  return { key, value: { type: 'string', value } };
}
