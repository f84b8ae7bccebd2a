import type { Service } from './service.ts';
import type { SpanId, TraceId } from './span.ts';

/**
 * What a CLIENT or PRODUCER span says of the side that it called, and a CONSUMER of where its
 * message came from. `service`: `peer.service` names a service, whose own span is then missed.
 */
export const PeerKind = { none: 0, database: 1, messaging: 2, external: 3, service: 4 } as const;
export type PeerKind = (typeof PeerKind)[keyof typeof PeerKind];

/** A link to a span, as far as pairing needs it. */
export interface LinkTarget {
  readonly traceId: TraceId;
  readonly spanId: SpanId;
}

/** Strings or objects to small integers, for the life of one table. */
export class Interner<T> {
  readonly values: T[] = [];
  readonly #ids: Map<string, number> = new Map();

  /** The number of `key`; `make` is called when it is new. */
  id(key: string, make: () => T): number {
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.values.length;
    this.values.push(make());
    this.#ids.set(key, id);
    return id;
  }
}

/** One distinct pair of resource and instrumentation scope, as its OTLP bytes. */
export interface Origin {
  /** `Resource` message. */
  readonly resource: Uint8Array;
  readonly resourceSchemaUrl: string;
  /** `InstrumentationScope` message. */
  readonly scope: Uint8Array;
  readonly scopeSchemaUrl: string;
  readonly service: Service;
}

/**
 * The spans of a batch column by column, so that the hot path makes no object per span. Row i is
 * the i-th span in log order. Rows of one trace fragment are adjacent. Arrays are longer than
 * `length`: read only rows below it.
 */
export class SpanTable {
  length = 0;

  /** Span and parent ids as big-endian halves; a parent of 0, 0 is a root. */
  idHi: Uint32Array = new Uint32Array(0);
  idLo: Uint32Array = new Uint32Array(0);
  parentHi: Uint32Array = new Uint32Array(0);
  parentLo: Uint32Array = new Uint32Array(0);
  /** OTLP `SpanKind`. */
  kind: Uint8Array = new Uint8Array(0);
  /** Bits of `Mark`; `parentKnown` and `parentRemote` are read here, kind and status from their columns. */
  marks: Uint8Array = new Uint8Array(0);
  /** OTLP `StatusCode`. */
  status: Uint8Array = new Uint8Array(0);
  /** Start: whole Unix milliseconds, and the nanoseconds (0 to 999,999) beyond them. */
  startMs: Float64Array = new Float64Array(0);
  startSubNs: Uint32Array = new Uint32Array(0);
  /** Nanoseconds; 0 where the end is not after the start; at most 2^53 - 1. */
  durationNs: Float64Array = new Float64Array(0);
  /** Unix minute that the span is counted in: of its start, or of its append if that is far off. */
  minute: Int32Array = new Int32Array(0);
  /** How many spans of the application this one stands for: 1 unless the head sampled. */
  weight: Float64Array = new Float64Array(0);
  /** Index into `services.values`. */
  service: Int32Array = new Int32Array(0);
  /** Index into `strings.values`: the span's name as sent. */
  name: Int32Array = new Int32Array(0);
  /** Index into `strings.values`: the operation that the span is counted under. */
  operation: Int32Array = new Int32Array(0);
  /** A {@link PeerKind}, and the peer's name as an index into `strings.values`. */
  peerKind: Uint8Array = new Uint8Array(0);
  peer: Int32Array = new Int32Array(0);
  /** Index into `origins.values`. */
  origin: Int32Array = new Int32Array(0);
  /** Where the bytes of the `Span` message are: `bodies[body]`, from `from` to `to`. -1: no bytes. */
  body: Int32Array = new Int32Array(0);
  from: Int32Array = new Int32Array(0);
  to: Int32Array = new Int32Array(0);

  /** Span links by row, only for spans that have any. */
  readonly links: Map<number, readonly LinkTarget[]> = new Map();
  readonly services: Interner<Service> = new Interner();
  readonly strings: Interner<string> = new Interner();
  readonly origins: Interner<Origin> = new Interner();
  readonly bodies: Uint8Array[] = [];

  /** Adds a row with all columns 0 (weight 1, body -1) and returns its number. */
  addRow(): number {
    const row = this.length;
    if (row === this.kind.length) this.#grow();
    this.length = row + 1;
    this.weight[row] = 1;
    this.body[row] = -1;
    return row;
  }

  /** Takes the rows from `length` on away again, so that nothing of them is left in rows to come. */
  truncate(length: number): void {
    for (let row = length; row < this.length; row++) this.links.delete(row);
    for (const column of this.#columns()) column.fill(0, length, this.length);
    this.length = length;
  }

  #columns(): (Uint8Array | Uint32Array | Int32Array | Float64Array)[] {
    return Object.values(this).filter(
      (value) =>
        value instanceof Uint8Array ||
        value instanceof Uint32Array ||
        value instanceof Int32Array ||
        value instanceof Float64Array,
    );
  }

  #grow(): void {
    const size = Math.max(128, this.kind.length * 2);
    this.idHi = grown(this.idHi, new Uint32Array(size));
    this.idLo = grown(this.idLo, new Uint32Array(size));
    this.parentHi = grown(this.parentHi, new Uint32Array(size));
    this.parentLo = grown(this.parentLo, new Uint32Array(size));
    this.kind = grown(this.kind, new Uint8Array(size));
    this.marks = grown(this.marks, new Uint8Array(size));
    this.status = grown(this.status, new Uint8Array(size));
    this.startMs = grown(this.startMs, new Float64Array(size));
    this.startSubNs = grown(this.startSubNs, new Uint32Array(size));
    this.durationNs = grown(this.durationNs, new Float64Array(size));
    this.minute = grown(this.minute, new Int32Array(size));
    this.weight = grown(this.weight, new Float64Array(size));
    this.service = grown(this.service, new Int32Array(size));
    this.name = grown(this.name, new Int32Array(size));
    this.operation = grown(this.operation, new Int32Array(size));
    this.peerKind = grown(this.peerKind, new Uint8Array(size));
    this.peer = grown(this.peer, new Int32Array(size));
    this.origin = grown(this.origin, new Int32Array(size));
    this.body = grown(this.body, new Int32Array(size));
    this.from = grown(this.from, new Int32Array(size));
    this.to = grown(this.to, new Int32Array(size));
  }
}

function grown<A extends { set(from: A): void }>(from: A, to: A): A {
  to.set(from);
  return to;
}
