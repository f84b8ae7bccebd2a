/**
 * Which positions of `traces` may hold a chunk at or beyond a given offset of `spans`. Committed
 * beside the offset, so that a start without a usable buffer knows from where to read `traces`.
 */
export class EmittedPositions {
  /** One entry a send: its first position, and the largest chunk offset in it. By position. */
  #entries: { readonly position: number; readonly largestChunk: number }[] = [];
  #end: number;
  #largest = -1;

  /** @param end the position of `traces` that comes next. */
  constructor(end: number) {
    this.#end = end;
  }

  /** The position of `traces` behind everything that is known here. */
  get end(): number {
    return this.#end;
  }

  /** How many sends are remembered. */
  get sends(): number {
    return this.#entries.length;
  }

  /** Records from `position` to `end` were appended; none holds a chunk beyond `largestChunk`. */
  add(position: number, end: number, largestChunk: number): void {
    this.#entries.push({ position, largestChunk });
    this.#end = Math.max(this.#end, end);
    this.#largest = Math.max(this.#largest, largestChunk);
  }

  /**
   * The position that the buffer may be reconciled to when it has applied everything below `applied`:
   * the smallest one that may hold a chunk at or beyond it. Mostly the end; below it where the log is
   * read again, and chunks that come are emitted already.
   */
  reconciledFor(applied: number): number {
    if (this.#largest < applied) return this.#end;
    return this.#entries.find((entry) => entry.largestChunk >= applied)?.position ?? this.#end;
  }

  /** The smallest position that may hold a chunk at or beyond `offset`. Offsets asked for never fall. */
  lowestFor(offset: number): number {
    const first = this.#entries.findIndex((entry) => entry.largestChunk >= offset);
    if (first === -1) {
      this.#entries = [];
      return this.#end;
    }
    if (first > 0) this.#entries = this.#entries.slice(first);
    return this.#entries[0]?.position ?? this.#end;
  }
}
