/** What is small is cut out of pieces of this size: memory of its own costs a buffer more than what is done with it. */
const pieceBytes = 16 * 1024;

/** Hands out memory. A piece goes when nothing that was cut out of it is wanted any more. */
export class Pieces {
  /** The piece that was reserved in. */
  piece: Buffer = Buffer.allocUnsafeSlow(0);
  #used = 0;

  /** Makes sure of so many bytes of {@link piece}; answers where they begin. */
  reserve(bytes: number): number {
    if (this.#used + bytes > this.piece.length) {
      this.piece = Buffer.allocUnsafeSlow(Math.max(bytes, pieceBytes));
      this.#used = 0;
    }
    return this.#used;
  }

  /** What was written up to `end` is kept. */
  use(end: number): void {
    this.#used = end;
  }

  /** What was written from `start`, as {@link reserve} answered, to `end`: it is kept. */
  cut(start: number, end: number): Buffer {
    this.use(end);
    return this.piece.subarray(start, end);
  }
}
