import type { ChunkIndex } from './chunk.ts';

/** Where an index lies. */
export interface PackedAt {
  readonly piece: Uint8Array;
  /** Where it begins; {@link PackedChunkIndex.bytesFor} many bytes are its own. They are kept, not copied. */
  readonly start: number;
  readonly spans: number;
  /** Bytes of the body before compression. */
  readonly bodyBytes: number;
}

/**
 * The index of a chunk, as a part of a larger piece of memory. Its arrays are views that are made when asked for:
 * an assembler keeps hundreds of thousands of indexes, and each view would take 100 bytes besides what it shows.
 *
 * ```
 * 8 × n   span ids
 * 8 × n   parent ids
 * n       marks
 * u64     start, Unix nanoseconds, big-endian
 * u64     end
 * ```
 */
export class PackedChunkIndex implements ChunkIndex {
  readonly #piece: Uint8Array;
  readonly #start: number;
  readonly #spans: number;
  readonly bodyBytes: number;

  /** How many bytes an index of so many spans takes. */
  static bytesFor(spans: number): number {
    return 17 * spans + 16;
  }

  constructor({ piece, start, spans, bodyBytes }: PackedAt) {
    this.#piece = piece;
    this.#start = start;
    this.#spans = spans;
    this.bodyBytes = bodyBytes;
  }

  get spanIds(): Uint8Array {
    return this.#view(0, 8 * this.#spans);
  }

  get parentIds(): Uint8Array {
    return this.#view(8 * this.#spans, 16 * this.#spans);
  }

  get marks(): Uint8Array {
    return this.#view(16 * this.#spans, 17 * this.#spans);
  }

  get startNs(): bigint {
    return this.#time(0);
  }

  get endNs(): bigint {
    return this.#time(8);
  }

  #view(from: number, to: number): Uint8Array {
    return this.#piece.subarray(this.#start + from, this.#start + to);
  }

  #time(from: number): bigint {
    const { buffer, byteOffset } = this.#piece;
    return new DataView(buffer, byteOffset + this.#start + 17 * this.#spans + from, 8).getBigUint64(0);
  }
}
