import { hexToBytes } from '@spanloom/span';
import type { Attribute, AttributeValue, Resource, Scope, Span, SpanEvent, SpanLink } from '@spanloom/span';
import { FieldWriter } from '../protobuf/writer.ts';
import { Field } from './grammar.ts';

/**
 * `TracesData` (also an `ExportTraceServiceRequest`) of these spans, in their order. Neighbours
 * with the same resource and scope objects share one `ResourceSpans` and `ScopeSpans`.
 * For tools, tests and what must be cut; the pipeline copies bytes.
 */
export function encodeSpans(spans: readonly Span[]): Uint8Array {
  const encoder = new Encoder();
  let from = 0;
  while (from < spans.length) {
    const resource = spans[from]?.resource;
    let to = from;
    while (to < spans.length && spans[to]?.resource === resource) to += 1;
    encoder.resourceSpans(spans.slice(from, to));
    from = to;
  }
  return encoder.out.finish();
}

class Encoder {
  readonly out: FieldWriter = new FieldWriter();

  resourceSpans(spans: readonly Span[]): void {
    const resource = spans[0]?.resource;
    if (resource === undefined) return;
    this.out.message(Field.request.resourceSpans, () => {
      this.out.message(Field.resourceSpans.resource, () => this.resource(resource));
      let from = 0;
      while (from < spans.length) {
        const scope = spans[from]?.scope;
        let to = from;
        while (to < spans.length && spans[to]?.scope === scope) to += 1;
        if (scope !== undefined) this.scopeSpans(scope, spans.slice(from, to));
        from = to;
      }
      this.text(Field.resourceSpans.schemaUrl, resource.schemaUrl);
    });
  }

  scopeSpans(scope: Scope, spans: readonly Span[]): void {
    this.out.message(Field.resourceSpans.scopeSpans, () => {
      this.out.message(Field.scopeSpans.scope, () => this.scope(scope));
      for (const span of spans) this.out.message(Field.scopeSpans.spans, () => this.span(span));
      this.text(Field.scopeSpans.schemaUrl, scope.schemaUrl);
    });
  }

  resource(resource: Resource): void {
    this.attributes(Field.resource.attributes, resource.attributes);
    this.count(Field.resource.droppedAttributesCount, resource.droppedAttributesCount);
  }

  scope(scope: Scope): void {
    this.text(Field.scope.name, scope.name);
    this.text(Field.scope.version, scope.version);
    this.attributes(Field.scope.attributes, scope.attributes);
    this.count(Field.scope.droppedAttributesCount, scope.droppedAttributesCount);
  }

  span(span: Span): void {
    this.id(Field.span.traceId, span.traceId);
    this.id(Field.span.spanId, span.spanId);
    this.text(Field.span.traceState, span.traceState);
    this.id(Field.span.parentSpanId, span.parentSpanId);
    this.text(Field.span.name, span.name);
    this.count(Field.span.kind, span.kind);
    this.out.fixed64(Field.span.start, span.startTimeUnixNano);
    this.out.fixed64(Field.span.end, span.endTimeUnixNano);
    this.attributes(Field.span.attributes, span.attributes);
    this.count(Field.span.droppedAttributesCount, span.droppedAttributesCount);
    for (const event of span.events) this.out.message(Field.span.events, () => this.event(event));
    this.count(Field.span.droppedEventsCount, span.droppedEventsCount);
    for (const link of span.links) this.out.message(Field.span.links, () => this.link(link));
    this.count(Field.span.droppedLinksCount, span.droppedLinksCount);
    if (span.status.code !== 0 || span.status.message !== '') {
      this.out.message(Field.span.status, () => {
        this.text(Field.status.message, span.status.message);
        this.count(Field.status.code, span.status.code);
      });
    }
    if (span.flags !== 0) this.out.fixed32(Field.span.flags, span.flags);
  }

  event(event: SpanEvent): void {
    this.out.fixed64(Field.event.time, event.timeUnixNano);
    this.text(Field.event.name, event.name);
    this.attributes(Field.event.attributes, event.attributes);
    this.count(Field.event.droppedAttributesCount, event.droppedAttributesCount);
  }

  link(link: SpanLink): void {
    this.id(Field.link.traceId, link.traceId);
    this.id(Field.link.spanId, link.spanId);
    this.text(Field.link.traceState, link.traceState);
    this.attributes(Field.link.attributes, link.attributes);
    this.count(Field.link.droppedAttributesCount, link.droppedAttributesCount);
    if (link.flags !== 0) this.out.fixed32(Field.link.flags, link.flags);
  }

  attributes(number: number, attributes: readonly Attribute[]): void {
    for (const { key, value } of attributes) {
      this.out.message(number, () => {
        this.text(Field.keyValue.key, key);
        this.out.message(Field.keyValue.value, () => this.value(value));
      });
    }
  }

  /** A `oneof`: a value is written also where it is empty, false or 0. */
  value(value: AttributeValue): void {
    switch (value.type) {
      case 'string':
        this.out.string(Field.anyValue.string, value.value);
        break;
      case 'bool':
        this.out.uint(Field.anyValue.bool, value.value ? 1 : 0);
        break;
      case 'int':
        this.out.uint(Field.anyValue.int, value.value);
        break;
      case 'double':
        this.out.double(Field.anyValue.double, value.value);
        break;
      case 'bytes':
        this.out.bytes(Field.anyValue.bytes, value.value);
        break;
      case 'array':
        this.out.message(Field.anyValue.array, () => {
          for (const item of value.value) this.out.message(Field.list.values, () => this.value(item));
        });
        break;
      case 'map':
        this.out.message(Field.anyValue.map, () => this.attributes(Field.list.values, value.value));
        break;
      case 'empty':
    }
  }

  id(number: number, hex: string): void {
    if (hex !== '') this.out.bytes(number, hexToBytes(hex) ?? new Uint8Array(0));
  }

  text(number: number, text: string): void {
    if (text !== '') this.out.string(number, text);
  }

  count(number: number, count: number): void {
    if (count !== 0) this.out.uint(number, count);
  }
}
