import { FieldReader } from '@spanloom/wire';
import { Bytes } from '../native/bytes.ts';
import { field, letter } from './take-apart.ts';

/** A stored span: what its columns hold. */
export interface StoredSpan {
  /** 16 and 8 bytes; a parent of all zero is a root. */
  readonly traceId: Uint8Array;
  readonly spanId: Uint8Array;
  readonly parentSpanId: Uint8Array;
  readonly name: Uint8Array;
  readonly kind: number;
  readonly status: number;
  readonly startNs: bigint;
  readonly durationNs: bigint;
  /** Keys and texts by turns. */
  readonly attributes: readonly Uint8Array[];
  readonly types: Uint8Array;
  readonly rest: Uint8Array;
}

/**
 * The OTLP `Span` message that {@link SpanParts} took apart: the same fields, in another order.
 * Fields of the rest come last, where protobuf lets them win over the columns.
 */
export function spanMessage(span: StoredSpan): Uint8Array {
  const message = new Bytes(512);
  lengthDelimited(message, field.traceId, span.traceId);
  lengthDelimited(message, field.spanId, span.spanId);
  if (span.parentSpanId.some((byte) => byte !== 0)) lengthDelimited(message, field.parentSpanId, span.parentSpanId);
  lengthDelimited(message, field.name, span.name);
  varintField(message, field.kind, span.kind);
  fixed64(message, field.start, span.startNs);
  fixed64(message, field.end, span.startNs + span.durationNs);
  if (span.status !== 0) lengthDelimited(message, field.status, Uint8Array.of(tag(3, 0), span.status));
  const others = attributesOf(message, span);
  for (const [from, to] of others) message.copy(span.rest, from, to);
  return message.finish();
}

/** Writes the attributes in their order, and returns where the other fields of the rest are. */
function attributesOf(message: Bytes, span: StoredSpan): [number, number][] {
  const inRest: [number, number][] = [];
  const others: [number, number][] = [];
  const rest = new FieldReader().open(span.rest, 0, span.rest.length);
  while (rest.next()) (rest.number === field.attributes ? inRest : others).push([rest.start, rest.to]);
  let next = 0;
  let nextInRest = 0;
  for (const type of span.types) {
    if (type === letter.rest) {
      const [from, to] = inRest[nextInRest++] ?? [0, 0];
      message.copy(span.rest, from, to);
      continue;
    }
    const key = span.attributes[next++] ?? nothing;
    const text = span.attributes[next++] ?? nothing;
    const pair = new Bytes(key.length + text.length + 32);
    lengthDelimited(pair, 1, key);
    lengthDelimited(pair, 2, anyValue(type, text));
    lengthDelimited(message, field.attributes, pair.finish());
  }
  return others;
}

function anyValue(type: number, text: Uint8Array): Uint8Array {
  const value = new Bytes(text.length + 16);
  if (type === letter.string) lengthDelimited(value, 1, text);
  else if (type === letter.bool) varintField(value, 2, textOf(text) === 'true' ? 1 : 0);
  else if (type === letter.int) varintField(value, 3, BigInt.asUintN(64, BigInt(textOf(text))));
  else doubleField(value, 4, Number(textOf(text)));
  return value.finish();
}

const nothing: Uint8Array = new Uint8Array(0);

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

function tag(number: number, type: number): number {
  return number * 8 + type;
}

function lengthDelimited(into: Bytes, number: number, value: Uint8Array): void {
  into.varint(tag(number, 2));
  into.stringOf(value, 0, value.length);
}

function varintField(into: Bytes, number: number, value: number | bigint): void {
  into.varint(tag(number, 0));
  let rest = BigInt(value);
  for (; rest >= 0x80n; rest >>= 7n) into.uint8(Number(rest & 0x7fn) | 0x80);
  into.uint8(Number(rest));
}

function fixed64(into: Bytes, number: number, value: bigint): void {
  into.varint(tag(number, 1));
  into.uint64(BigInt.asUintN(64, value));
}

function doubleField(into: Bytes, number: number, value: number): void {
  into.varint(tag(number, 1));
  const at = into.reserve(8);
  into.view.setFloat64(at, value, true);
}
