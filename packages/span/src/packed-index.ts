import type { ChunkIndex } from './chunk.ts';

/**
 * The index of a chunk in one piece. Its arrays are views that are made when asked for: an assembler keeps
 * hundreds of thousands of indexes, and each view would take 100 bytes besides what it shows.
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
  readonly #bytes: Uint8Array;
  readonly bodyBytes: number;

  /** How many bytes an index of so many spans takes. */
  static bytesFor(spans: number): number {
    return 17 * spans + 16;
  }

  /** @param bytes {@link bytesFor} many, as above; they are kept, not copied. */
  constructor(bytes: Uint8Array, bodyBytes: number) {
    this.#bytes = bytes;
    this.bodyBytes = bodyBytes;
  }

  get spanIds(): Uint8Array {
    return this.#bytes.subarray(0, 8 * this.#spans);
  }

  get parentIds(): Uint8Array {
    return this.#bytes.subarray(8 * this.#spans, 16 * this.#spans);
  }

  get marks(): Uint8Array {
    return this.#bytes.subarray(16 * this.#spans, 17 * this.#spans);
  }

  get startNs(): bigint {
    return this.#time(0);
  }

  get endNs(): bigint {
    return this.#time(8);
  }

  get #spans(): number {
    return (this.#bytes.byteLength - 16) / 17;
  }

  #time(from: number): bigint {
    const { buffer, byteOffset } = this.#bytes;
    return new DataView(buffer, byteOffset + 17 * this.#spans + from, 8).getBigUint64(0);
  }
}
