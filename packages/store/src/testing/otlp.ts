/** OTLP bytes of spans, written out field by field so that tests do not lean on what they test. */
import type { Attribute, AttributeValue, Span, SpanEvent, SpanLink } from '@spanloom/span';

/** A `Span` message. */
export function spanBytes(span: Span): Uint8Array {
  return Buffer.concat([
    bytes(1, Buffer.from(span.traceId, 'hex')),
    bytes(2, Buffer.from(span.spanId, 'hex')),
    span.traceState === '' ? empty : text(3, span.traceState),
    span.parentSpanId === '' ? empty : bytes(4, Buffer.from(span.parentSpanId, 'hex')),
    text(5, span.name),
    number(6, span.kind),
    fixed64(7, span.startTimeUnixNano),
    fixed64(8, span.endTimeUnixNano),
    ...span.attributes.map((attribute) => bytes(9, pair(attribute))),
    number(10, span.droppedAttributesCount),
    ...span.events.map((event) => bytes(11, eventBytes(event))),
    number(12, span.droppedEventsCount),
    ...span.links.map((link) => bytes(13, linkBytes(link))),
    number(14, span.droppedLinksCount),
    bytes(15, Buffer.concat([text(2, span.status.message), number(3, span.status.code)])),
    span.flags === 0 ? empty : fixed32(16, span.flags),
  ]);
}

/** A `Resource` message. */
export function resourceBytes(resource: Span['resource']): Uint8Array {
  return Buffer.concat([
    ...resource.attributes.map((attribute) => bytes(1, pair(attribute))),
    number(2, resource.droppedAttributesCount),
  ]);
}

/** An `InstrumentationScope` message. */
export function scopeBytes(scope: Span['scope']): Uint8Array {
  return Buffer.concat([
    text(1, scope.name),
    text(2, scope.version),
    ...scope.attributes.map((attribute) => bytes(3, pair(attribute))),
    number(4, scope.droppedAttributesCount),
  ]);
}

const empty: Buffer = Buffer.alloc(0);

function eventBytes(event: SpanEvent): Buffer {
  return Buffer.concat([
    fixed64(1, event.timeUnixNano),
    text(2, event.name),
    ...event.attributes.map((attribute) => bytes(3, pair(attribute))),
    number(4, event.droppedAttributesCount),
  ]);
}

function linkBytes(link: SpanLink): Buffer {
  return Buffer.concat([
    bytes(1, Buffer.from(link.traceId, 'hex')),
    bytes(2, Buffer.from(link.spanId, 'hex')),
    text(3, link.traceState),
    ...link.attributes.map((attribute) => bytes(4, pair(attribute))),
    number(5, link.droppedAttributesCount),
    link.flags === 0 ? empty : fixed32(6, link.flags),
  ]);
}

function pair(attribute: Attribute): Buffer {
  return Buffer.concat([text(1, attribute.key), bytes(2, anyValue(attribute.value))]);
}

function anyValue(value: AttributeValue): Buffer {
  switch (value.type) {
    case 'string':
      return text(1, value.value, true);
    case 'bool':
      return Buffer.concat([varint(tag(2, 0)), varint(value.value ? 1 : 0)]);
    case 'int':
      return Buffer.concat([varint(tag(3, 0)), varint(BigInt.asUintN(64, value.value))]);
    case 'double': {
      const number = Buffer.alloc(8);
      number.writeDoubleLE(value.value);
      return Buffer.concat([varint(tag(4, 1)), number]);
    }
    case 'array':
      return bytes(5, Buffer.concat(value.value.map((element) => bytes(1, anyValue(element)))));
    case 'map':
      return bytes(6, Buffer.concat(value.value.map((attribute) => bytes(1, pair(attribute)))));
    case 'bytes':
      return bytes(7, value.value);
    case 'empty':
      return empty;
  }
}

function tag(field: number, type: number): number {
  return field * 8 + type;
}

function varint(value: number | bigint): Buffer {
  const out: number[] = [];
  let rest = BigInt(value);
  for (; rest >= 0x80n; rest >>= 7n) out.push(Number(rest & 0x7fn) | 0x80);
  out.push(Number(rest));
  return Buffer.from(out);
}

export function bytes(field: number, value: Uint8Array): Buffer {
  return Buffer.concat([varint(tag(field, 2)), varint(value.length), value]);
}

function text(field: number, value: string, always = false): Buffer {
  return value === '' && !always ? empty : bytes(field, Buffer.from(value));
}

export function number(field: number, value: number): Buffer {
  return value === 0 ? empty : Buffer.concat([varint(tag(field, 0)), varint(value)]);
}

function fixed64(field: number, value: bigint): Buffer {
  const out = Buffer.alloc(8);
  out.writeBigUInt64LE(value);
  return Buffer.concat([varint(tag(field, 1)), out]);
}

function fixed32(field: number, value: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeUInt32LE(value);
  return Buffer.concat([varint(tag(field, 5)), out]);
}
