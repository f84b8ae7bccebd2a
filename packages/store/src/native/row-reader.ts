import type { Histogram } from '@spanloom/span';

/** Reads RowBinary: values one after the other, row by row, little endian, without names or types. */
export class RowReader {
  readonly bytes: Buffer;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Whether there is another row. */
  get more(): boolean {
    return this.#at < this.bytes.length;
  }

  uint8(): number {
    return this.#view.getUint8(this.#step(1));
  }

  int32(): number {
    return this.#view.getInt32(this.#step(4), true);
  }

  uint64(): bigint {
    return this.#view.getBigUint64(this.#step(8), true);
  }

  int64(): bigint {
    return this.#view.getBigInt64(this.#step(8), true);
  }

  /** An Int64 within what a number holds exactly. */
  safeInt64(): number {
    const at = this.#step(8);
    return this.#view.getUint32(at, true) + this.#view.getInt32(at + 4, true) * 4_294_967_296;
  }

  /** A `Map(Int16, Int64)`, without what is not above 0. */
  histogram(): Histogram {
    const histogram: Histogram = new Map();
    for (let left = this.varint(); left > 0; left--) {
      const bucket = this.#view.getInt16(this.#step(2), true);
      const count = this.safeInt64();
      if (count > 0) histogram.set(bucket, count);
    }
    return histogram;
  }

  /** Big-endian half of an id. */
  uint32BigEndian(): number {
    return this.#view.getUint32(this.#step(4), false);
  }

  /** A FixedString: a view, not a copy. */
  fixed(size: number): Buffer {
    const at = this.#step(size);
    return this.bytes.subarray(at, at + size);
  }

  /** A String: a view, not a copy. */
  blob(): Buffer {
    const size = this.varint();
    return this.fixed(size);
  }

  /** A String as UTF-8. */
  text(): string {
    return this.blob().toString('utf8');
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.uint8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
  }

  #step(size: number): number {
    const at = this.#at;
    this.#at += size;
    return at;
  }
}
