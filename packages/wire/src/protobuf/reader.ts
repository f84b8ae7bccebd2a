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
 *
 * Reads the fields of a message one after the other. Every position is checked: where the bytes
 * lie about their lengths, `next` returns false and `malformed` is true. It never throws, and never
 * reads outside of the range. A reader may be opened again, on other bytes: hot paths keep theirs.
 */
export class FieldReader {
  bytes: Uint8Array = none;
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

  /** Reads from `from` to `to` (exclusive); a range that is not inside of the bytes is malformed. */
  open(bytes: Uint8Array, from: number, to: number): this {
    this.bytes = bytes;
    this.to = from;
    this.#end = to;
    this.malformed = from < 0 || from > to || to > bytes.length;
    return this;
  }

  /** Goes to the next field; false at the end, and where the bytes are malformed. */
  next(): boolean {
    const { bytes } = this;
    const end = this.#end;
    let at = this.to;
    if (at >= end || this.malformed) return false;
    this.start = at;
    let tag = bytes[at++] as number;
    if (tag >= 0x80) {
      this.to = at - 1;
      if (!this.#varint() || this.hi !== 0) return this.#fail();
      tag = this.lo;
      at = this.to;
    }
    if (tag < 8) return this.#fail();
    this.number = tag >>> 3;
    this.type = tag & 7;
    if ((tag & 7) !== 2) return this.#scalar(at, tag & 7);
    if (at >= end) return this.#fail();
    let length = bytes[at++] as number;
    if (length >= 0x80) {
      this.to = at - 1;
      if (!this.#varint() || this.hi !== 0) return this.#fail();
      length = this.lo;
      at = this.to;
    }
    if (length > end - at) return this.#fail();
    this.from = at;
    this.to = at + length;
    return true;
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

  /** The same 64 bits as a signed integer: `int64`, `sfixed64`. */
  signed(): bigint {
    return BigInt.asIntN(64, this.unsigned());
  }

  /** The varint or fixed value as an unsigned float: exact up to 2^53. */
  float(): number {
    return this.hi * 4_294_967_296 + this.lo;
  }

  /** Reads a value that is no bytes. */
  #scalar(at: number, type: number): boolean {
    this.from = at;
    this.to = at;
    if (type === 0) return this.#varint() || this.#fail();
    const length = type === 1 ? 8 : 4;
    if ((type !== 1 && type !== 5) || length > this.#end - at) return this.#fail();
    const { bytes } = this;
    this.lo = word(bytes, at);
    this.hi = type === 1 ? word(bytes, at + 4) : 0;
    this.to = at + length;
    return true;
  }

  /** Reads a varint at `to` into the halves; false where it is cut off or longer than 10 bytes. */
  #varint(): boolean {
    const { bytes } = this;
    const end = this.#end;
    let at = this.to;
    let lo = 0;
    let hi = 0;
    for (let shift = 0; shift < 70 && at < end; shift += 7) {
      const byte = bytes[at++] as number;
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
        this.to = at;
        return true;
      }
    }
    return false;
  }

  #fail(): false {
    this.malformed = true;
    return false;
  }
}

const none: Uint8Array = new Uint8Array(0);

/** A little-endian word. */
function word(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)) >>>
    0
  );
}

/** The UTF-8 text of a range; bytes that are none become U+FFFD. */
export function textOf(bytes: Uint8Array, from: number = 0, to: number = bytes.length): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('utf8');
}

/** A copy of a range that keeps no larger memory alive; `slice` of a Buffer would share it. */
export function copyOf(bytes: Uint8Array, from: number, to: number): Uint8Array {
  return new Uint8Array(bytes.subarray(from, to));
}

/** A little-endian double of two halves. */
export function doubleOf(lo: number, hi: number): number {
  scratch.setUint32(0, lo, true);
  scratch.setUint32(4, hi, true);
  return scratch.getFloat64(0, true);
}

const scratch: DataView = new DataView(new ArrayBuffer(8));
