import { Mark } from '@spanloom/span';
import { FieldReader } from '../protobuf/reader.ts';
import { Field } from './grammar.ts';
import type { SpanColumns } from './span-columns.ts';
import { Message, isValid } from './valid.ts';

/** Where a `ResourceSpans` or `ScopeSpans` has its fields other than the spans: [from, to) by turns. */
export interface Header {
  readonly ranges: number[];
  bytes: number;
}

/** A `ScopeSpans`, and the number of the `ResourceSpans` that it is in. */
export interface ScopeHeader extends Header {
  readonly resource: number;
}

/** The spans of one trace in a request: numbers of spans, in order. */
export interface TraceSpans {
  readonly spans: number[];
  /** Another trace with the same hash. */
  readonly next: TraceSpans | null;
}

/** A request, looked through once: where everything is. */
export class RequestScan {
  readonly bytes: Uint8Array;
  readonly resources: Header[] = [];
  readonly scopes: ScopeHeader[] = [];
  readonly traces: TraceSpans[] = [];
  readonly spans: SpanColumns;
  rejected = 0;
  /** Why the first refused span was refused. */
  rejectedBecause = '';
  #last: TraceSpans | null = null;
  readonly #byHash: Map<number, TraceSpans> = new Map();
  readonly #resource: FieldReader = new FieldReader();
  readonly #scope: FieldReader = new FieldReader();
  readonly #span: FieldReader = new FieldReader();
  readonly #status: FieldReader = new FieldReader();

  /** `spans` is overwritten; it may be of an earlier request, to save its memory. */
  constructor(bytes: Uint8Array, spans: SpanColumns) {
    this.bytes = bytes;
    this.spans = spans;
    spans.length = 0;
  }

  /** Looks through the request; false where it is malformed. */
  run(): boolean {
    const request = new FieldReader().open(this.bytes, 0, this.bytes.length);
    while (request.next()) {
      if (request.isBytes(Field.request.resourceSpans) && !this.#resourceSpans(request.from, request.to)) return false;
    }
    return !request.malformed;
  }

  #resourceSpans(from: number, to: number): boolean {
    const header: Header = { ranges: [], bytes: 0 };
    const resource = this.resources.push(header) - 1;
    const reader = this.#resource.open(this.bytes, from, to);
    while (reader.next()) {
      if (reader.isBytes(Field.resourceSpans.scopeSpans)) {
        if (!this.#scopeSpans(resource, reader.from, reader.to)) return false;
        continue;
      }
      const isResource = reader.isBytes(Field.resourceSpans.resource);
      if (isResource && !isValid(this.bytes, reader.from, reader.to, Message.resource)) return false;
      addRange(header, reader.start, reader.to);
    }
    return !reader.malformed;
  }

  #scopeSpans(resource: number, from: number, to: number): boolean {
    const header: ScopeHeader = { ranges: [], bytes: 0, resource };
    const scope = this.scopes.push(header) - 1;
    const reader = this.#scope.open(this.bytes, from, to);
    while (reader.next()) {
      if (reader.isBytes(Field.scopeSpans.spans)) {
        if (!this.#oneSpan(scope, reader.start, reader.from, reader.to)) return false;
        continue;
      }
      const isScope = reader.isBytes(Field.scopeSpans.scope);
      if (isScope && !isValid(this.bytes, reader.from, reader.to, Message.scope)) return false;
      addRange(header, reader.start, reader.to);
    }
    return !reader.malformed;
  }

  /** Checks a span to its last byte; false where it is malformed. One with a bad id is counted as refused. */
  #oneSpan(scope: number, start: number, from: number, to: number): boolean {
    const { bytes } = this;
    const reader = this.#span.open(bytes, from, to);
    let traceAt = -1;
    let traceLength = 0;
    let idAt = -1;
    let idLength = 0;
    let parentAt = -1;
    let parentLength = 0;
    let kind = 0;
    let status = 0;
    let flags = 0;
    let startHi = 0;
    let startLo = 0;
    let endHi = 0;
    let endLo = 0;
    while (reader.next()) {
      const { type } = reader;
      switch (reader.number) {
        case Field.span.attributes:
          if (type === 2 && !isValid(bytes, reader.from, reader.to, Message.keyValue)) return false;
          break;
        case Field.span.traceId:
          if (type !== 2) break;
          traceAt = reader.from;
          traceLength = reader.to - reader.from;
          break;
        case Field.span.spanId:
          if (type !== 2) break;
          idAt = reader.from;
          idLength = reader.to - reader.from;
          break;
        case Field.span.parentSpanId:
          if (type !== 2) break;
          parentAt = reader.from;
          parentLength = reader.to - reader.from;
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
        case Field.span.events:
          if (type === 2 && !isValid(bytes, reader.from, reader.to, Message.event)) return false;
          break;
        case Field.span.links:
          if (type === 2 && !isValid(bytes, reader.from, reader.to, Message.link)) return false;
          break;
        case Field.span.status:
          if (type !== 2) break;
          if (!isValid(bytes, reader.from, reader.to, Message.status)) return false;
          status = statusCode(this.#status, bytes, reader.from, reader.to, status);
          break;
        case Field.span.flags:
          if (type === 5) flags = reader.lo;
          break;
        default:
      }
    }
    if (reader.malformed) return false;
    const reason = this.#whyRefused(traceAt, traceLength, idAt, idLength, parentLength);
    if (reason !== '') {
      if (this.rejected === 0) this.rejectedBecause = reason;
      this.rejected += 1;
      return true;
    }
    const { spans } = this;
    const span = spans.add();
    spans.start[span] = start;
    spans.end[span] = to;
    spans.scope[span] = scope;
    spans.traceAt[span] = traceAt;
    spans.idAt[span] = idAt;
    spans.parentAt[span] = parentLength === 8 ? parentAt : -1;
    spans.mark[span] = markOf(kind, status, flags);
    spans.startHi[span] = startHi;
    spans.startLo[span] = startLo;
    spans.endHi[span] = endHi;
    spans.endLo[span] = endLo;
    this.#traceOf(traceAt).spans.push(span);
    return true;
  }

  #whyRefused(traceAt: number, traceLength: number, idAt: number, idLength: number, parentLength: number): string {
    if (traceLength !== 16) return `trace_id has ${traceLength} bytes, expected 16`;
    if (allZero(this.bytes, traceAt, 16)) return 'trace_id is all zero';
    if (idLength !== 8) return `span_id has ${idLength} bytes, expected 8`;
    if (allZero(this.bytes, idAt, 8)) return 'span_id is all zero';
    if (parentLength !== 0 && parentLength !== 8) return `parent_span_id has ${parentLength} bytes, expected none or 8`;
    return '';
  }

  #traceOf(traceAt: number): TraceSpans {
    // The spans of a trace mostly stand next to each other.
    if (this.#last !== null && this.#isTrace(this.#last, traceAt)) return this.#last;
    const hash = traceHash(this.bytes, traceAt);
    const first = this.#byHash.get(hash) ?? null;
    for (let trace = first; trace !== null; trace = trace.next) {
      if (this.#isTrace(trace, traceAt)) return (this.#last = trace);
    }
    const trace: TraceSpans = { spans: [], next: first };
    this.#byHash.set(hash, trace);
    this.traces.push(trace);
    return (this.#last = trace);
  }

  #isTrace(trace: TraceSpans, traceAt: number): boolean {
    const at = this.spans.traceAt[trace.spans[0] ?? 0] ?? 0;
    for (let byte = 15; byte >= 0; byte -= 1) if (this.bytes[at + byte] !== this.bytes[traceAt + byte]) return false;
    return true;
  }
}

/** The code of a status message, or `before` where it has none. Codes unknown to us are unset. */
export function statusCode(reader: FieldReader, bytes: Uint8Array, from: number, to: number, before: number): number {
  let code = before;
  reader.open(bytes, from, to);
  while (reader.next()) {
    if (reader.number === Field.status.code && reader.type === 0)
      code = reader.hi === 0 && reader.lo <= 2 ? reader.lo : 0;
  }
  return code;
}

/** OTLP flags: bit 8 says that bit 9 is known, bit 9 that the parent is remote. */
export function markOf(kind: number, status: number, flags: number): number {
  let mark = kind;
  if ((flags & 0x100) !== 0) mark |= (flags & 0x200) !== 0 ? Mark.parentKnown | Mark.parentRemote : Mark.parentKnown;
  return status === 2 ? mark | Mark.error : mark;
}

function addRange(header: Header, from: number, to: number): void {
  header.ranges.push(from, to);
  header.bytes += to - from;
}

function allZero(bytes: Uint8Array, at: number, length: number): boolean {
  for (let i = at; i < at + length; i += 1) if (bytes[i] !== 0) return false;
  return true;
}

function traceHash(bytes: Uint8Array, at: number): number {
  let hash = 0;
  for (let i = at; i < at + 16; i += 1) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  return hash;
}
