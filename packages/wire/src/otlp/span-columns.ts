/** Spans of a request, column by column: a span is a number. Read only below `length`. */
export class SpanColumns {
  length = 0;
  /** The field of the span, tag and length included. */
  start: Int32Array = new Int32Array(0);
  end: Int32Array = new Int32Array(0);
  /** Number of its `ScopeSpans`. */
  scope: Int32Array = new Int32Array(0);
  /** Where its ids are; -1 for no parent. */
  traceAt: Int32Array = new Int32Array(0);
  idAt: Int32Array = new Int32Array(0);
  parentAt: Int32Array = new Int32Array(0);
  mark: Uint8Array = new Uint8Array(0);
  /** Its times as two halves; 0 where they were not sent. */
  startHi: Uint32Array = new Uint32Array(0);
  startLo: Uint32Array = new Uint32Array(0);
  endHi: Uint32Array = new Uint32Array(0);
  endLo: Uint32Array = new Uint32Array(0);

  /** Adds a span, its columns as they happen to be, and returns its number. */
  add(): number {
    const span = this.length;
    if (span === this.start.length) this.#grow();
    this.length = span + 1;
    return span;
  }

  #grow(): void {
    const size = Math.max(1024, this.start.length * 2);
    this.start = grown(this.start, new Int32Array(size));
    this.end = grown(this.end, new Int32Array(size));
    this.scope = grown(this.scope, new Int32Array(size));
    this.traceAt = grown(this.traceAt, new Int32Array(size));
    this.idAt = grown(this.idAt, new Int32Array(size));
    this.parentAt = grown(this.parentAt, new Int32Array(size));
    this.mark = grown(this.mark, new Uint8Array(size));
    this.startHi = grown(this.startHi, new Uint32Array(size));
    this.startLo = grown(this.startLo, new Uint32Array(size));
    this.endHi = grown(this.endHi, new Uint32Array(size));
    this.endLo = grown(this.endLo, new Uint32Array(size));
  }
}

function grown<A extends { set(from: A): void }>(from: A, to: A): A {
  to.set(from);
  return to;
}
