/**
 * Takes the bytes of OTLP `Span` messages apart into what becomes columns and a rest, so that
 * columns and rest together hold every field that came:
 *
 *   trace_id, span_id, parent_span_id, kind, start, end, name, status code   columns of their own
 *   attributes that are a string, bool, int or double                        key, text and a letter
 *   everything else                                                          the rest, as it came
 *
 * The letters of a span stand in the order of its attributes: s, b, i, d, and x for one that is in
 * the rest. A column that cannot hold what came (a name that is no UTF-8, an end before the start,
 * a kind or status unknown to us) leaves the field in the rest, where it wins when read.
 */
import { FieldReader } from '@spanloom/wire';
import { Bytes } from '../native/bytes.ts';
import { KeyTable } from './key-table.ts';
import { scalarText } from './scalar.ts';

/** Letters of {@link SpanParts.types}. */
export const letter = { string: 0x73, bool: 0x62, int: 0x69, double: 0x64, rest: 0x78 } as const;

/** Numbers of the fields of `Span`, `KeyValue`, `AnyValue` and `Status`. */
export const field = {
  traceId: 1,
  spanId: 2,
  traceState: 3,
  parentSpanId: 4,
  name: 5,
  kind: 6,
  start: 7,
  end: 8,
  attributes: 9,
  links: 13,
  status: 15,
} as const;

/** What the columns of a span hold, so that fields they reproduce are left out of the rest. */
export interface InColumns {
  /** The name in its column is what came, byte for byte. */
  readonly name: boolean;
  /** Start plus duration in their columns: what the end must be to be left out. */
  readonly endMs: number;
  readonly endSubNs: number;
}

/** The parts of many spans, one after the other. */
export class SpanParts {
  /** Attributes per span. */
  readonly counts: number[] = [];
  /** Keys of all attributes, as numbers of `keys`. */
  keyIds: Int32Array;
  keyCount = 0;
  readonly keys: KeyTable = new KeyTable();
  /** Strings, one an attribute: its value as text. */
  readonly values: Bytes;
  /** Strings, one a span: a letter an attribute. */
  readonly types: Bytes;
  /** Strings, one a span. */
  readonly rests: Bytes;
  /** Strings, one a span: the message of its status. */
  readonly statusMessages: Bytes;

  readonly #span: FieldReader = new FieldReader();
  readonly #inner: FieldReader = new FieldReader();
  readonly #value: FieldReader = new FieldReader();
  readonly #letters: Bytes = new Bytes(256);
  readonly #rest: Bytes = new Bytes(4096);
  #messageFrom = 0;
  #messageTo = 0;

  /** For `spans` spans of `bytes` bytes in all. */
  constructor(spans: number, bytes: number) {
    this.keyIds = new Int32Array(Math.max(1024, spans * 8));
    // Reserved, not touched: what is not written costs nothing. Most of a span are the values of its attributes.
    this.values = new Bytes(Math.max(4096, bytes));
    this.types = new Bytes(Math.max(4096, spans * 16));
    this.rests = new Bytes(Math.max(4096, spans * 32));
    this.statusMessages = new Bytes(Math.max(4096, spans * 2));
  }

  /** A span without bytes. */
  addEmpty(): void {
    this.counts.push(0);
    this.types.varint(0);
    this.rests.varint(0);
    this.statusMessages.varint(0);
  }

  /** Adds the span at `from` to `to`; false, and nothing is added, where the bytes are no message. */
  add(bytes: Uint8Array, from: number, to: number, inColumns: InColumns): boolean {
    const span = this.#span.open(bytes, from, to);
    const firstKey = this.keyCount;
    const firstValue = this.values.length;
    this.#letters.length = 0;
    this.#rest.length = 0;
    this.#messageFrom = this.#messageTo = 0;
    while (span.next()) {
      if (span.number === field.attributes && span.type === 2) {
        const type = this.#attribute(bytes, span.from, span.to);
        this.#letters.uint8(type);
        if (type === letter.rest) this.#rest.copy(bytes, span.start, span.to);
      } else if (!this.#reproduced(span, inColumns)) {
        this.#rest.copy(bytes, span.start, span.to);
      }
    }
    if (span.malformed) {
      this.keyCount = firstKey;
      this.values.length = firstValue;
      return false;
    }
    this.counts.push(this.keyCount - firstKey);
    this.types.stringOf(this.#letters.raw, 0, this.#letters.length);
    this.rests.stringOf(this.#rest.raw, 0, this.#rest.length);
    this.statusMessages.stringOf(bytes, this.#messageFrom, this.#messageTo);
    return true;
  }

  /** Whether the columns give this field back. */
  #reproduced(span: FieldReader, inColumns: InColumns): boolean {
    switch (span.number) {
      case field.traceId:
        return span.type === 2 && span.to - span.from === 16;
      case field.spanId:
      case field.parentSpanId:
        return span.type === 2 && (span.to - span.from === 8 || span.to === span.from);
      case field.name:
        return inColumns.name;
      case field.kind:
        return span.type === 0 && span.hi === 0 && span.lo <= 5;
      case field.start:
        return span.type === 1;
      case field.end:
        return span.type === 1 && sameTime(span, inColumns);
      case field.status:
        return this.#statusReproduced(span);
      default:
        return false;
    }
  }

  /** Only a status that is nothing but a known code is left out: it is one field, and messages are rare. */
  #statusReproduced(span: FieldReader): boolean {
    const status = this.#inner.open(span.bytes, span.from, span.to);
    let onlyCode = true;
    while (status.next()) {
      if (status.number === 2 && status.type === 2) {
        this.#messageFrom = status.from;
        this.#messageTo = status.to;
      }
      if (status.number !== 3 || status.type !== 0 || status.hi !== 0 || status.lo > 2) onlyCode = false;
    }
    return onlyCode && !status.malformed;
  }

  /** Takes an attribute apart, or answers that it belongs in the rest. */
  #attribute(bytes: Uint8Array, from: number, to: number): number {
    const pair = this.#inner.open(bytes, from, to);
    if (!pair.next() || !pair.is(1, 2)) return letter.rest;
    const keyFrom = pair.from;
    const keyTo = pair.to;
    if (!pair.next() || !pair.is(2, 2) || pair.to !== to) return letter.rest;
    const value = this.#value.open(bytes, pair.from, pair.to);
    if (!value.next() || value.to !== to) return letter.rest;
    const type = this.#scalar(value);
    if (type !== letter.rest) this.#addKey(this.keys.id(bytes, keyFrom, keyTo));
    return type;
  }

  #scalar(value: FieldReader): number {
    if (value.is(1, 2)) {
      this.values.stringOf(value.bytes, value.from, value.to);
      return letter.string;
    }
    // From 0 to 2^32 - 1, as nearly all integers are: without making a string.
    if (value.is(3, 0) && value.hi === 0) {
      this.values.decimalString(value.lo);
      return letter.int;
    }
    const text = scalarText(value);
    if (text === null) return letter.rest;
    this.values.string(text);
    return value.number === 2 ? letter.bool : value.number === 3 ? letter.int : letter.double;
  }

  #addKey(id: number): void {
    if (this.keyCount === this.keyIds.length) {
      const larger = new Int32Array(this.keyIds.length * 2);
      larger.set(this.keyIds);
      this.keyIds = larger;
    }
    this.keyIds[this.keyCount++] = id;
  }
}

const scratch: DataView = new DataView(new ArrayBuffer(8));

/** Whether the fixed64 at hand is the end that the columns give; compared without a bigint. */
function sameTime(span: FieldReader, inColumns: InColumns): boolean {
  writeNanoseconds(scratch, 0, inColumns.endMs, inColumns.endSubNs);
  return scratch.getUint32(0, true) === span.lo && scratch.getUint32(4, true) === span.hi;
}

/** Writes milliseconds (up to 2^45) and nanoseconds beyond them as a little-endian UInt64, modulo 2^64. */
export function writeNanoseconds(into: DataView, at: number, ms: number, subNs: number): void {
  const high = Math.floor(ms / 65_536) * 1_000_000;
  const low = (ms % 65_536) * 1_000_000 + subNs;
  const sum = (high % 65_536) * 65_536 + low;
  into.setUint32(at, sum % 4_294_967_296, true);
  into.setUint32(at + 4, (Math.floor(high / 65_536) + Math.floor(sum / 4_294_967_296)) >>> 0, true);
}
