/**
 * The protobuf wire format:
 *
 *   message = field*
 *   field   = tag:varint value         tag = number << 3 | type, number from 1 on
 *   value   = varint                   type 0, at most 10 bytes
 *           | 8 bytes, little endian   type 1
 *           | length:varint byte*      type 2
 *           | 4 bytes, little endian   type 5
 *
 * Groups (types 3 and 4) are malformed here: no version of OTLP has had one.
 */
export const WireType = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

const two32 = 4_294_967_296;

/**
 * Reads the fields of a message one after the other. Every position is checked: where the bytes
 * lie about their lengths, `next` returns false and `malformed` is true. It never throws, and never
 * reads outside of the range.
 */
export class FieldReader {
  readonly bytes: Uint8Array;
  /** Of the field at hand. */
  number = 0;
  type = 0;
  /** Where the field begins (its tag), where its value begins (after a length), where it ends. */
  start = 0;
  from = 0;
  to = 0;
  /** A varint or a fixed value as two unsigned halves. */
  lo = 0;
  hi = 0;
  malformed = false;
  #end = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Reads from `from` to `to` (exclusive), which must be inside the bytes. */
  open(from: number, to: number): this {
    this.to = from;
    this.#end = to;
    this.malformed = from < 0 || from > to || to > this.bytes.length;
    return this;
  }

  /** Goes to the next field; false at the end, and where the bytes are malformed. */
  next(): boolean {
    if (this.malformed || this.to >= this.#end) return false;
    this.start = this.to;
    const first = this.bytes[this.to] as number;
    let tag = first;
    if (first < 0x80) this.to += 1;
    else {
      if (!this.#varint() || this.hi !== 0) return this.#fail();
      tag = this.lo;
    }
    this.number = tag >>> 3;
    this.type = tag & 7;
    this.from = this.to;
    if (this.number === 0) return this.#fail();
    return this.#value();
  }

  /** Whether the field at hand is this one, with this type. Fields of another type than expected are unknown fields. */
  is(number: number, type: number): boolean {
    return this.number === number && this.type === type;
  }

  /** Whether the field at hand is this message, string or bytes. */
  isBytes(number: number): boolean {
    return this.number === number && this.type === 2;
  }

  /** The varint or fixed value as a bigint from 0 to 2^64 - 1. */
  unsigned(): bigint {
    return (BigInt(this.hi) << 32n) | BigInt(this.lo);
  }

  /** The value's bytes, shared. */
  slice(): Uint8Array {
    return this.bytes.subarray(this.from, this.to);
  }

  #value(): boolean {
    switch (this.type) {
      case 0:
        return this.#varint() || this.#fail();
      case 1:
        if (this.to + 8 > this.#end) return this.#fail();
        this.lo = this.#word(this.to);
        this.hi = this.#word(this.to + 4);
        this.to += 8;
        return true;
      case 2: {
        const first = this.bytes[this.to] as number;
        let length = first;
        if (this.to < this.#end && first < 0x80) this.to += 1;
        else {
          if (!this.#varint() || this.hi !== 0) return this.#fail();
          length = this.lo;
        }
        this.from = this.to;
        if (length > this.#end - this.to) return this.#fail();
        this.to += length;
        return true;
      }
      case 5:
        if (this.to + 4 > this.#end) return this.#fail();
        this.lo = this.#word(this.to);
        this.hi = 0;
        this.to += 4;
        return true;
      default:
        return this.#fail();
    }
  }

  /** Reads a varint at `to` into the halves; false where it is cut off or longer than 10 bytes. */
  #varint(): boolean {
    let lo = 0;
    let hi = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.to >= this.#end) return false;
      const byte = this.bytes[this.to++] as number;
      const bits = byte & 0x7f;
      if (shift < 28) lo |= bits << shift;
      else if (shift === 28) {
        lo |= bits << 28;
        hi = bits >>> 4;
      } else if (shift < 63) hi |= bits << (shift - 32);
      else hi |= (bits & 1) << 31;
      if (byte < 0x80) {
        this.lo = lo >>> 0;
        this.hi = hi >>> 0;
        return true;
      }
    }
    return false;
  }

  #word(at: number): number {
    const { bytes } = this;
    return (
      ((bytes[at] as number) |
        ((bytes[at + 1] as number) << 8) |
        ((bytes[at + 2] as number) << 16) |
        ((bytes[at + 3] as number) << 24)) >>>
      0
    );
  }

  #fail(): false {
    this.malformed = true;
    return false;
  }
}

/** The UTF-8 text of a range; bytes that are none become U+FFFD. */
export function textOf(bytes: Uint8Array, from: number = 0, to: number = bytes.length): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('utf8');
}

/** A little-endian double of two halves. */
export function doubleOf(lo: number, hi: number): number {
  scratch.setUint32(0, lo, true);
  scratch.setUint32(4, hi, true);
  return scratch.getFloat64(0, true);
}

/** An unsigned 64-bit number of two halves as a float: exact up to 2^53. */
export function floatOf(lo: number, hi: number): number {
  return hi * two32 + lo;
}

const scratch: DataView = new DataView(new ArrayBuffer(8));
