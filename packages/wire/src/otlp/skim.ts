import { SpanKind, bytesToHex, err, ok, weightOf } from '@spanloom/span';
import type { LinkTarget, Result, SpanTable } from '@spanloom/span';
import { FieldReader, textOf } from '../protobuf/reader.ts';
import type { WireError } from '../records.ts';
import { Field, isValue } from './grammar.ts';
import { Key, keyOf } from './keys.ts';
import { Names, NamingAttributes } from './names.ts';
import { type Part, Origins, nothing } from './origins.ts';
import { markOf, statusCode } from './scan.ts';

/**
 * Adds a row for each span of a body (`TracesData`, not compressed) to the table, and the body to
 * `table.bodies`. Everything is set but `minute`, which depends on when the span was appended.
 * Makes no object per span, and no string for a name, peer or resource that the table has seen.
 *
 * An error where the bytes are malformed; then rows may have been added, and the caller sets
 * `table` back with `truncate`. Bodies that `splitRequest` made never fail.
 */
export function skimBody(table: SpanTable, body: Uint8Array): Result<void, WireError> {
  let skim = skimOf.get(table);
  if (skim === undefined) {
    skim = new Skim(table);
    skimOf.set(table, skim);
  }
  return skim.run(body)
    ? ok(undefined)
    : err({ message: 'The body is no TracesData in protobuf.', unknownSchema: false });
}

/** What was seen in the bodies of a table is known for as long as the table is in use. */
const skimOf: WeakMap<SpanTable, Skim> = new WeakMap();

class Skim {
  readonly #table: SpanTable;
  #bytes: Uint8Array = nothing.bytes;
  #body = 0;
  readonly #origins: Origins;
  readonly #names: Names;
  readonly #data: FieldReader = new FieldReader();
  readonly #resource: FieldReader = new FieldReader();
  readonly #scope: FieldReader = new FieldReader();
  readonly #span: FieldReader = new FieldReader();
  readonly #inner: FieldReader = new FieldReader();
  readonly #value: FieldReader = new FieldReader();
  readonly #attributes: NamingAttributes = new NamingAttributes();

  constructor(table: SpanTable) {
    this.#table = table;
    this.#origins = new Origins(table);
    this.#names = new Names(table);
  }

  run(body: Uint8Array): boolean {
    this.#bytes = body;
    this.#body = this.#table.bodies.push(body) - 1;
    const data = this.#data.open(body, 0, body.length);
    while (data.next()) {
      if (data.isBytes(Field.request.resourceSpans) && !this.#resourceSpans(data.from, data.to)) return false;
    }
    return !data.malformed;
  }

  /** Resource and URL first: they may stand behind the spans that they hold for. */
  #resourceSpans(from: number, to: number): boolean {
    const { resourceSpans } = Field;
    const reader = this.#resource.open(this.#bytes, from, to);
    let resource = nothing;
    let url = nothing;
    while (reader.next()) {
      if (reader.isBytes(resourceSpans.resource)) resource = this.#merged(resource, reader);
      else if (reader.isBytes(resourceSpans.schemaUrl)) url = { bytes: this.#bytes, from: reader.from, to: reader.to };
    }
    if (reader.malformed) return false;
    const number = this.#origins.resource(resource);
    reader.open(this.#bytes, from, to);
    while (reader.next()) {
      if (!reader.isBytes(resourceSpans.scopeSpans)) continue;
      if (!this.#scopeSpans(reader.from, reader.to, number, resource, url)) return false;
    }
    return true;
  }

  #scopeSpans(from: number, to: number, number: number, resource: Part, resourceUrl: Part): boolean {
    const { scopeSpans } = Field;
    const reader = this.#scope.open(this.#bytes, from, to);
    let scope = nothing;
    let url = nothing;
    while (reader.next()) {
      if (reader.isBytes(scopeSpans.scope)) scope = this.#merged(scope, reader);
      else if (reader.isBytes(scopeSpans.schemaUrl)) url = { bytes: this.#bytes, from: reader.from, to: reader.to };
    }
    if (reader.malformed) return false;
    const service = this.#origins.serviceOf(number);
    const origin = this.#origins.origin(number, resource, resourceUrl, scope, url);
    reader.open(this.#bytes, from, to);
    while (reader.next()) {
      if (reader.isBytes(scopeSpans.spans) && !this.#oneSpan(reader.from, reader.to, service, origin)) return false;
    }
    return true;
  }

  /** A message that occurs twice is merged; bytes put one after the other are the merged message. */
  #merged(before: Part, { from, to }: FieldReader): Part {
    if (before === nothing) return { bytes: this.#bytes, from, to };
    const bytes = Buffer.concat([before.bytes.subarray(before.from, before.to), this.#bytes.subarray(from, to)]);
    return { bytes, from: 0, to: bytes.length };
  }

  #oneSpan(from: number, to: number, service: number, origin: number): boolean {
    const table = this.#table;
    const bytes = this.#bytes;
    const row = table.addRow();
    const reader = this.#span.open(this.#bytes, from, to);
    let kind = 0;
    let status = 0;
    let flags = 0;
    let nameFrom = 0;
    let nameTo = 0;
    let traceAt = -1;
    let stateFrom = 0;
    let stateTo = 0;
    let startHi = 0;
    let startLo = 0;
    let endHi = 0;
    let endLo = 0;
    let attributesFrom = 0;
    let attributesTo = 0;
    let hasLinks = false;
    while (reader.next()) {
      const { type } = reader;
      switch (reader.number) {
        case Field.span.attributes:
          if (attributesTo === 0) attributesFrom = reader.start;
          attributesTo = reader.to;
          break;
        case Field.span.traceId:
          if (type === 2 && reader.to - reader.from === 16) traceAt = reader.from;
          break;
        case Field.span.spanId:
          if (type !== 2 || reader.to - reader.from !== 8) break;
          table.idHi[row] = this.#word(reader.from);
          table.idLo[row] = this.#word(reader.from + 4);
          break;
        case Field.span.parentSpanId: {
          if (type !== 2) break;
          const isId = reader.to - reader.from === 8;
          table.parentHi[row] = isId ? this.#word(reader.from) : 0;
          table.parentLo[row] = isId ? this.#word(reader.from + 4) : 0;
          break;
        }
        case Field.span.traceState:
          if (type !== 2) break;
          stateFrom = reader.from;
          stateTo = reader.to;
          break;
        case Field.span.name:
          if (type !== 2) break;
          nameFrom = reader.from;
          nameTo = reader.to;
          break;
        case Field.span.kind:
          if (type === 0) kind = reader.hi === 0 && reader.lo <= 5 ? reader.lo : 0;
          break;
        case Field.span.start:
          if (type !== 1) break;
          startHi = reader.hi;
          startLo = reader.lo;
          break;
        case Field.span.end:
          if (type !== 1) break;
          endHi = reader.hi;
          endLo = reader.lo;
          break;
        case Field.span.links:
          hasLinks = true;
          break;
        case Field.span.status:
          if (type === 2) status = statusCode(this.#inner, bytes, reader.from, reader.to, status);
          break;
        case Field.span.flags:
          if (type === 5) flags = reader.lo;
          break;
        default:
      }
    }
    if (reader.malformed || traceAt < 0) return false;
    table.kind[row] = kind;
    table.status[row] = status;
    table.marks[row] = markOf(kind, status, flags);
    table.service[row] = service;
    table.origin[row] = origin;
    table.body[row] = this.#body;
    table.from[row] = from;
    table.to[row] = to;
    this.#times(row, startHi, startLo, endHi, endLo);
    this.#nameAndPeer(row, kind, nameFrom, nameTo, attributesFrom, attributesTo);
    if (stateTo > stateFrom) {
      table.weight[row] = weightOf(textOf(bytes, stateFrom, stateTo), bytesToHex(bytes, traceAt, 16));
    }
    if (hasLinks) this.#links(row, from, to);
    return true;
  }

  /** Nanoseconds of two halves: 2^32 ns are 4,294 ms and 967,296 ns, so no step is beyond 2^53. */
  #times(row: number, startHi: number, startLo: number, endHi: number, endLo: number): void {
    const table = this.#table;
    const rest = startHi * 967_296 + startLo;
    const restMs = Math.floor(rest / 1_000_000);
    table.startMs[row] = startHi * 4294 + restMs;
    table.startSubNs[row] = rest - restMs * 1_000_000;
    const duration = (endHi - startHi) * 4_294_967_296 + (endLo - startLo);
    table.durationNs[row] = duration > 0 ? Math.min(duration, Number.MAX_SAFE_INTEGER) : 0;
  }

  #nameAndPeer(row: number, kind: number, nameFrom: number, nameTo: number, from: number, to: number): void {
    const names = this.#names;
    const table = this.#table;
    const name = names.name(this.#bytes, nameFrom, nameTo);
    const mayHavePeer = kind === SpanKind.client || kind === SpanKind.producer || kind === SpanKind.consumer;
    this.#attributes.clear();
    if (to > from && (mayHavePeer || names.isRouted(name))) this.#findAttributes(from, to);
    table.name[row] = names.stringOf(name);
    table.operation[row] = names.operation(name, this.#bytes, this.#attributes);
    if (mayHavePeer) names.peer(row, this.#bytes, this.#attributes);
  }

  /** Only values that are strings name something. Of a repeated key the last counts. */
  #findAttributes(from: number, to: number): void {
    const bytes = this.#bytes;
    const reader = this.#span.open(bytes, from, to);
    const pair = this.#inner;
    const value = this.#value;
    while (reader.next()) {
      if (!reader.isBytes(Field.span.attributes)) continue;
      const keyTo = reader.from + 2 + (bytes[reader.from + 1] as number);
      let key = -1;
      let valueFrom = -1;
      let valueTo = -1;
      if (isPlainPair(bytes, reader.from, keyTo, reader.to)) {
        key = keyOf(bytes, reader.from + 2, keyTo);
        valueFrom = keyTo + 2;
        valueTo = reader.to;
      } else {
        pair.open(bytes, reader.from, reader.to);
        while (pair.next()) {
          if (pair.isBytes(Field.keyValue.key)) key = keyOf(bytes, pair.from, pair.to);
          else if (pair.isBytes(Field.keyValue.value)) {
            valueFrom = pair.from;
            valueTo = pair.to;
          }
        }
      }
      if (key < Key.peerService) continue;
      this.#attributes.from[key] = -1;
      if (valueFrom < 0) continue;
      value.open(bytes, valueFrom, valueTo);
      while (value.next()) {
        if (!isValue(value)) continue;
        const isText = value.number === Field.anyValue.string;
        this.#attributes.from[key] = isText ? value.from : -1;
        this.#attributes.to[key] = isText ? value.to : -1;
      }
    }
  }

  /** Links whose ids are none lead nowhere and are left to the bytes. */
  #links(row: number, from: number, to: number): void {
    const links: LinkTarget[] = [];
    const reader = this.#span.open(this.#bytes, from, to);
    const link = this.#inner;
    while (reader.next()) {
      if (!reader.isBytes(Field.span.links)) continue;
      let traceId = '';
      let spanId = '';
      link.open(this.#bytes, reader.from, reader.to);
      while (link.next()) {
        if (link.isBytes(Field.link.traceId)) traceId = bytesToHex(this.#bytes, link.from, link.to - link.from);
        else if (link.isBytes(Field.link.spanId)) spanId = bytesToHex(this.#bytes, link.from, link.to - link.from);
      }
      if (traceId.length === 32 && spanId.length === 16) links.push({ traceId, spanId });
    }
    if (links.length > 0) this.#table.links.set(row, links);
  }

  /** A big-endian word. */
  #word(at: number): number {
    const bytes = this.#bytes;
    return (
      (((bytes[at] as number) << 24) |
        ((bytes[at + 1] as number) << 16) |
        ((bytes[at + 2] as number) << 8) |
        (bytes[at + 3] as number)) >>>
      0
    );
  }
}

/** Whether a `KeyValue` is a key and a value, in this order, and each below 128 bytes: most are. */
function isPlainPair(bytes: Uint8Array, from: number, keyTo: number, to: number): boolean {
  if (keyTo + 2 > to || bytes[from] !== 0x0a || (bytes[from + 1] as number) >= 0x80) return false;
  const length = bytes[keyTo + 1] as number;
  return bytes[keyTo] === 0x12 && length < 0x80 && keyTo + 2 + length === to;
}
