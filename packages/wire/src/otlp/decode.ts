import { bytesToHex, err, ok } from '@spanloom/span';
import type {
  Attribute,
  AttributeValue,
  Resource,
  Result,
  Scope,
  Span,
  SpanEvent,
  SpanKind,
  SpanLink,
  StatusCode,
} from '@spanloom/span';
import { FieldReader, copyOf, doubleOf, textOf } from '../protobuf/reader.ts';
import type { WireError } from '../records.ts';
import { Field, maxDepth } from './grammar.ts';

/**
 * The spans of a `TracesData` message (or of an `ExportTraceServiceRequest`, which is the same), in
 * order. Bytes that are no UTF-8 become U+FFFD; a kind or status unknown to us becomes
 * `unspecified` or `unset`; a parent id of zeros becomes none. An error where the bytes are
 * malformed; every body that `splitRequest` made can be decoded.
 */
export function decodeSpans(body: Uint8Array): Result<Span[], WireError> {
  const spans: Span[] = [];
  const decoder = new Decoder(body);
  decoder.each(0, body.length, (field) => {
    if (field.isBytes(Field.request.resourceSpans)) decoder.resourceSpans(field.from, field.to, spans);
  });
  return decoder.malformed ? malformed('TracesData') : ok(spans);
}

/** A `Resource` message as `Origin` keeps it. */
export function decodeResource(bytes: Uint8Array, schemaUrl: string): Result<Resource, WireError> {
  const decoder = new Decoder(bytes);
  const resource = decoder.resource([[0, bytes.length]], schemaUrl);
  return decoder.malformed ? malformed('Resource') : ok(resource);
}

/** An `InstrumentationScope` message as `Origin` keeps it. */
export function decodeScope(bytes: Uint8Array, schemaUrl: string): Result<Scope, WireError> {
  const decoder = new Decoder(bytes);
  const scope = decoder.scope([[0, bytes.length]], schemaUrl);
  return decoder.malformed ? malformed('InstrumentationScope') : ok(scope);
}

/** Where a message is. A message that occurs twice in a field of its own is merged, as protobuf has it. */
type Range = readonly [from: number, to: number];

class Decoder {
  readonly bytes: Uint8Array;
  malformed = false;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  each(from: number, to: number, take: (field: FieldReader) => void): void {
    const reader = new FieldReader().open(this.bytes, from, to);
    while (reader.next()) take(reader);
    if (reader.malformed) this.malformed = true;
  }

  resourceSpans(from: number, to: number, into: Span[]): void {
    const resources: Range[] = [];
    const scopeSpans: Range[] = [];
    let schemaUrl = '';
    this.each(from, to, (field) => {
      if (field.isBytes(Field.resourceSpans.resource)) resources.push([field.from, field.to]);
      else if (field.isBytes(Field.resourceSpans.scopeSpans)) scopeSpans.push([field.from, field.to]);
      else if (field.isBytes(Field.resourceSpans.schemaUrl)) schemaUrl = this.text(field);
    });
    const resource = this.resource(resources, schemaUrl);
    for (const range of scopeSpans) this.scopeSpans(range, resource, into);
  }

  scopeSpans([from, to]: Range, resource: Resource, into: Span[]): void {
    const scopes: Range[] = [];
    const spans: Range[] = [];
    let schemaUrl = '';
    this.each(from, to, (field) => {
      if (field.isBytes(Field.scopeSpans.scope)) scopes.push([field.from, field.to]);
      else if (field.isBytes(Field.scopeSpans.spans)) spans.push([field.from, field.to]);
      else if (field.isBytes(Field.scopeSpans.schemaUrl)) schemaUrl = this.text(field);
    });
    const scope = this.scope(scopes, schemaUrl);
    for (const range of spans) into.push(this.span(range, resource, scope));
  }

  resource(ranges: readonly Range[], schemaUrl: string): Resource {
    const attributes: Attribute[] = [];
    let droppedAttributesCount = 0;
    for (const [from, to] of ranges) {
      this.each(from, to, (field) => {
        if (field.isBytes(Field.resource.attributes)) attributes.push(this.attribute(field, 0));
        else if (field.is(Field.resource.droppedAttributesCount, 0)) droppedAttributesCount = field.lo;
      });
    }
    return { attributes, droppedAttributesCount, schemaUrl };
  }

  scope(ranges: readonly Range[], schemaUrl: string): Scope {
    const attributes: Attribute[] = [];
    let name = '';
    let version = '';
    let droppedAttributesCount = 0;
    for (const [from, to] of ranges) {
      this.each(from, to, (field) => {
        if (field.isBytes(Field.scope.name)) name = this.text(field);
        else if (field.isBytes(Field.scope.version)) version = this.text(field);
        else if (field.isBytes(Field.scope.attributes)) attributes.push(this.attribute(field, 0));
        else if (field.is(Field.scope.droppedAttributesCount, 0)) droppedAttributesCount = field.lo;
      });
    }
    return { name, version, attributes, droppedAttributesCount, schemaUrl };
  }

  span([from, to]: Range, resource: Resource, scope: Scope): Span {
    const attributes: Attribute[] = [];
    const events: SpanEvent[] = [];
    const links: SpanLink[] = [];
    const status: { code: StatusCode; message: string } = { code: 0, message: '' };
    const span = {
      traceId: '',
      spanId: '',
      parentSpanId: '',
      traceState: '',
      flags: 0,
      name: '',
      kind: 0 as SpanKind,
      startTimeUnixNano: 0n,
      endTimeUnixNano: 0n,
      attributes,
      droppedAttributesCount: 0,
      events,
      droppedEventsCount: 0,
      links,
      droppedLinksCount: 0,
      status,
      resource,
      scope,
    };
    const known = Field.span;
    this.each(from, to, (field) => {
      if (field.isBytes(known.attributes)) attributes.push(this.attribute(field, 0));
      else if (field.isBytes(known.traceId)) span.traceId = this.hex(field);
      else if (field.isBytes(known.spanId)) span.spanId = this.hex(field);
      else if (field.isBytes(known.parentSpanId)) span.parentSpanId = this.hex(field);
      else if (field.isBytes(known.traceState)) span.traceState = this.text(field);
      else if (field.isBytes(known.name)) span.name = this.text(field);
      else if (field.is(known.kind, 0)) span.kind = enumOf(field, 5) as SpanKind;
      else if (field.is(known.start, 1)) span.startTimeUnixNano = field.unsigned();
      else if (field.is(known.end, 1)) span.endTimeUnixNano = field.unsigned();
      else if (field.isBytes(known.events)) events.push(this.event(field));
      else if (field.isBytes(known.links)) links.push(this.link(field));
      else if (field.isBytes(known.status)) this.status(field, status);
      else if (field.is(known.flags, 5)) span.flags = field.lo;
      else if (field.is(known.droppedAttributesCount, 0)) span.droppedAttributesCount = field.lo;
      else if (field.is(known.droppedEventsCount, 0)) span.droppedEventsCount = field.lo;
      else if (field.is(known.droppedLinksCount, 0)) span.droppedLinksCount = field.lo;
    });
    if (span.parentSpanId === '0000000000000000') span.parentSpanId = '';
    return span;
  }

  event({ from, to }: FieldReader): SpanEvent {
    const attributes: Attribute[] = [];
    const event = { timeUnixNano: 0n, name: '', attributes, droppedAttributesCount: 0 };
    this.each(from, to, (field) => {
      if (field.is(Field.event.time, 1)) event.timeUnixNano = field.unsigned();
      else if (field.isBytes(Field.event.name)) event.name = this.text(field);
      else if (field.isBytes(Field.event.attributes)) attributes.push(this.attribute(field, 0));
      else if (field.is(Field.event.droppedAttributesCount, 0)) event.droppedAttributesCount = field.lo;
    });
    return event;
  }

  link({ from, to }: FieldReader): SpanLink {
    const attributes: Attribute[] = [];
    const link = { traceId: '', spanId: '', traceState: '', attributes, droppedAttributesCount: 0, flags: 0 };
    this.each(from, to, (field) => {
      if (field.isBytes(Field.link.traceId)) link.traceId = this.hex(field);
      else if (field.isBytes(Field.link.spanId)) link.spanId = this.hex(field);
      else if (field.isBytes(Field.link.traceState)) link.traceState = this.text(field);
      else if (field.isBytes(Field.link.attributes)) attributes.push(this.attribute(field, 0));
      else if (field.is(Field.link.droppedAttributesCount, 0)) link.droppedAttributesCount = field.lo;
      else if (field.is(Field.link.flags, 5)) link.flags = field.lo;
    });
    return link;
  }

  status({ from, to }: FieldReader, status: { code: StatusCode; message: string }): void {
    this.each(from, to, (field) => {
      if (field.isBytes(Field.status.message)) status.message = this.text(field);
      else if (field.is(Field.status.code, 0)) status.code = enumOf(field, 2) as StatusCode;
    });
  }

  attribute({ from, to }: FieldReader, depth: number): Attribute {
    let key = '';
    let value: AttributeValue = { type: 'empty' };
    this.each(from, to, (field) => {
      if (field.isBytes(Field.keyValue.key)) key = this.text(field);
      else if (field.isBytes(Field.keyValue.value)) value = this.value(field, depth + 1);
    });
    return { key, value };
  }

  /** Of several values in one message the last wins: they are a `oneof`. */
  value({ from, to }: FieldReader, depth: number): AttributeValue {
    let value: AttributeValue = { type: 'empty' };
    if (depth > maxDepth) {
      this.malformed = true;
      return value;
    }
    const known = Field.anyValue;
    this.each(from, to, (field) => {
      if (field.isBytes(known.string)) value = { type: 'string', value: this.text(field) };
      else if (field.is(known.bool, 0)) value = { type: 'bool', value: field.lo !== 0 || field.hi !== 0 };
      else if (field.is(known.int, 0)) value = { type: 'int', value: field.signed() };
      else if (field.is(known.double, 1)) value = { type: 'double', value: doubleOf(field.lo, field.hi) };
      else if (field.isBytes(known.bytes)) value = { type: 'bytes', value: copyOf(this.bytes, field.from, field.to) };
      else if (field.isBytes(known.array)) value = { type: 'array', value: this.array(field, depth) };
      else if (field.isBytes(known.map)) value = { type: 'map', value: this.map(field, depth) };
    });
    return value;
  }

  array({ from, to }: FieldReader, depth: number): AttributeValue[] {
    const values: AttributeValue[] = [];
    this.each(from, to, (field) => {
      if (field.isBytes(Field.list.values)) values.push(this.value(field, depth + 1));
    });
    return values;
  }

  map({ from, to }: FieldReader, depth: number): Attribute[] {
    const attributes: Attribute[] = [];
    this.each(from, to, (field) => {
      if (field.isBytes(Field.list.values)) attributes.push(this.attribute(field, depth + 1));
    });
    return attributes;
  }

  text({ from, to }: FieldReader): string {
    return textOf(this.bytes, from, to);
  }

  hex({ from, to }: FieldReader): string {
    return bytesToHex(this.bytes, from, to - from);
  }
}

function enumOf({ lo, hi }: FieldReader, max: number): number {
  return hi === 0 && lo <= max ? lo : 0;
}

function malformed(message: string): { readonly ok: false; readonly error: WireError } {
  return err({ message: `The bytes are no ${message} in protobuf.`, unknownSchema: false });
}
