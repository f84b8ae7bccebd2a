/**
 * The protobuf wire format, as far as a span's bytes are taken apart and put together here:
 *
 *   message = field*
 *   field   = tag:varint value         tag = number << 3 | type
 *   value   = varint                   type 0
 *           | 8 bytes, little endian   type 1
 *           | length:varint byte*      type 2
 *           | 4 bytes, little endian   type 5
 */

/** Reads fields one after the other. Every position is checked: bytes that lie about their lengths end as `malformed`. */
export class FieldReader {
  bytes: Uint8Array = new Uint8Array(0);
  /** Number and wire type of the field at hand. */
  number = 0;
  type = 0;
  /** Where the field begins, its value begins, and its value ends. */
  start = 0;
  from = 0;
  to = 0;
  /** The bytes are no message. */
  malformed = false;
  #at = 0;
  #end = 0;

  open(bytes: Uint8Array, from: number, to: number): this {
    this.bytes = bytes;
    this.#at = from;
    this.#end = to;
    this.malformed = to > bytes.length || from > to;
    return this;
  }

  /** Moves to the next field; false at the end and where the bytes are malformed. */
  next(): boolean {
    if (this.malformed || this.#at >= this.#end) return false;
    this.start = this.#at;
    const tag = this.#varint();
    this.number = Math.floor(tag / 8);
    this.type = tag % 8;
    this.from = this.#at;
    if (this.type === 2) {
      const length = this.#varint();
      this.from = this.#at;
      this.#at += length;
    } else if (this.type === 0) {
      this.#varint();
    } else if (this.type === 1) {
      this.#at += 8;
    } else if (this.type === 5) {
      this.#at += 4;
    } else {
      this.malformed = true;
    }
    this.to = this.#at;
    if (this.#at > this.#end || this.number === 0) this.malformed = true;
    return !this.malformed;
  }

  is(number: number, type: number): boolean {
    return this.number === number && this.type === type;
  }

  /** A value of type 0 as an unsigned number; beyond 2^53 it is not exact. */
  varint(): number {
    let value = 0;
    let scale = 1;
    for (let at = this.from; at < this.to; at++) {
      value += ((this.bytes[at] ?? 0) & 0x7f) * scale;
      scale *= 128;
    }
    return value;
  }

  /** A value of type 0 as a signed integer of 64 bits. */
  int64(): bigint {
    let value = 0n;
    let shift = 0n;
    for (let at = this.from; at < this.to; at++) {
      value |= BigInt((this.bytes[at] ?? 0) & 0x7f) << shift;
      shift += 7n;
    }
    return BigInt.asIntN(64, value);
  }

  #varint(): number {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 10; count++) {
      if (this.#at >= this.#end) break;
      const byte = this.bytes[this.#at++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    this.malformed = true;
    return 0;
  }
}
