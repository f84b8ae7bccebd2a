import type { Buckets } from '@spanloom/span';

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
    return safeInt64At(this.#view, this.#step(8));
  }

  /**
   * A `Map(Int16, Int64)`, without what is not above 0: as the bytes that it is. Of a day by minute there are 150,000
   * buckets, and in maps they cost more than all that is done with them.
   */
  histogram(): Buckets {
    const entries = this.varint();
    return new EncodedBuckets(this.#view, this.#step(entries * bytesPerBucket), entries);
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

/** An Int16 and an Int64. */
const bytesPerBucket = 10;

class EncodedBuckets implements Buckets {
  readonly #view: DataView;
  readonly #from: number;
  readonly #to: number;

  constructor(view: DataView, from: number, entries: number) {
    this.#view = view;
    this.#from = from;
    this.#to = from + entries * bytesPerBucket;
  }

  forEach(visit: (count: number, index: number) => void): void {
    for (let at = this.#from; at < this.#to; at += bytesPerBucket) {
      const count = safeInt64At(this.#view, at + 2);
      if (count > 0) visit(count, this.#view.getInt16(at, true));
    }
  }
}

function safeInt64At(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getInt32(at + 4, true) * 4_294_967_296;
}
