/**
 * Reads and writes the few kinds of fields that our schemas have, by hand: a record is taken apart
 * and made for every chunk, and what a generic library allocates for it costs more than all else
 * that is done with it. https://avro.apache.org/docs/1.12.0/specification/#binary-encoding
 */

/** Bytes that a number takes at most: zigzag, seven bits a byte, up to 2^53. */
export const maxLongBytes = 8;

/** Reads one field after the other. Reading what is not there marks it as failed, and answers 0 or nothing. */
export class FieldCursor {
  readonly bytes: Buffer;
  at: number;
  failed = false;

  constructor(bytes: Buffer, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  /** A `long` or `int`. Beyond ±2^53 it has failed. */
  long(): number {
    const { bytes } = this;
    let at = this.at;
    let byte = bytes[at++] ?? -1;
    let value = byte & 0x7f;
    // As long as 28 bits do, without multiplication.
    for (let shift = 7; byte >= 0x80 && shift < 28; shift += 7) {
      byte = bytes[at++] ?? -1;
      value |= (byte & 0x7f) << shift;
    }
    for (let factor = 2 ** 28; byte >= 0x80; factor *= 128) {
      byte = bytes[at++] ?? -1;
      value += (byte & 0x7f) * factor;
      if (factor > 2 ** 56) break;
    }
    this.at = at;
    if (byte < 0 || byte >= 0x80) return this.#fail();
    const half = value < 2 ** 31 ? value >>> 1 : Math.floor(value / 2);
    const number = value % 2 === 0 ? half : -half - 1;
    return Number.isSafeInteger(number) ? number : this.#fail();
  }

  /** Passes over so many bytes; answers where they are. */
  skip(length: number): number {
    const start = this.at;
    if (length < 0 || length > this.bytes.length - start) {
      this.#fail();
      return start;
    }
    this.at = start + length;
    return start;
  }

  boolean(): boolean {
    const byte = this.bytes[this.at++] ?? -1;
    if (byte !== 0 && byte !== 1) this.#fail();
    return byte === 1;
  }

  /** `bytes`: a view. */
  view(): Buffer {
    const length = this.long();
    const start = this.skip(length);
    return this.bytes.subarray(start, this.failed ? start : start + length);
  }

  /** One of an `enum`'s symbols. */
  symbol<T extends string>(symbols: readonly [T, ...T[]]): T {
    const symbol = symbols[this.long()];
    if (symbol === undefined) this.#fail();
    return symbol ?? symbols[0];
  }

  /** Whether everything was there, and nothing else is. */
  isDone(): boolean {
    return !this.failed && this.at === this.bytes.length;
  }

  #fail(): number {
    this.failed = true;
    return 0;
  }
}

/** Writes a `long` or `int` from 0 to 2^53 - 1; answers where it ends. */
export function writeLong(bytes: Uint8Array, value: number, start: number): number {
  let at = start;
  let rest = value * 2;
  while (rest >= 2 ** 31) {
    bytes[at++] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
  }
  let low = rest | 0;
  while (low > 0x7f) {
    bytes[at++] = (low & 0x7f) | 0x80;
    low >>>= 7;
  }
  bytes[at++] = low;
  return at;
}

/** Writes `bytes`; answers where they end. */
export function writeBytes(bytes: Uint8Array, value: Uint8Array, start: number): number {
  const at = writeLong(bytes, value.length, start);
  bytes.set(value, at);
  return at + value.length;
}
