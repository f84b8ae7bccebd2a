/** Writes protobuf messages (see reader.ts for the grammar) into memory that grows. */
export class FieldWriter {
  #bytes: Buffer;
  #at = 0;

  constructor(sizeHintBytes: number = 1024) {
    this.#bytes = Buffer.allocUnsafe(Math.max(16, sizeHintBytes));
  }

  /** What was written; shares memory with the writer, which must not be used again. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#at);
  }

  uint(number: number, value: number | bigint): void {
    this.#tag(number, 0);
    if (typeof value === 'number' && value >= 0) this.#varint(value);
    else this.#bigVarint(BigInt.asUintN(64, BigInt(value)));
  }

  fixed64(number: number, value: bigint): void {
    this.#tag(number, 1);
    this.#reserve(8);
    this.#at = this.#bytes.writeBigUInt64LE(BigInt.asUintN(64, value), this.#at);
  }

  double(number: number, value: number): void {
    this.#tag(number, 1);
    this.#reserve(8);
    this.#at = this.#bytes.writeDoubleLE(value, this.#at);
  }

  fixed32(number: number, value: number): void {
    this.#tag(number, 5);
    this.#reserve(4);
    this.#at = this.#bytes.writeUInt32LE(value >>> 0, this.#at);
  }

  bytes(number: number, value: Uint8Array): void {
    this.#tag(number, 2);
    this.#varint(value.length);
    this.raw(value, 0, value.length);
  }

  string(number: number, value: string): void {
    const length = Buffer.byteLength(value);
    this.#tag(number, 2);
    this.#varint(length);
    this.#reserve(length);
    this.#at += this.#bytes.write(value, this.#at, 'utf8');
  }

  /** A field whose value is the message that `write` writes. */
  message(number: number, write: () => void): void {
    this.#tag(number, 2);
    this.#reserve(1);
    const from = ++this.#at;
    write();
    const length = this.#at - from;
    const extra = varintBytes(length) - 1;
    if (extra > 0) {
      this.#reserve(extra);
      this.#bytes.copyWithin(from + extra, from, this.#at);
    }
    this.#at = from - 1;
    this.#varint(length);
    this.#at += length;
  }

  /** Only the tag and the length of a field whose bytes are written next. */
  head(number: number, length: number): void {
    this.#tag(number, 2);
    this.#varint(length);
  }

  /** Copies bytes as they are. */
  raw(from: Uint8Array, start: number, end: number): void {
    const length = end - start;
    this.#reserve(length);
    this.#bytes.set(start === 0 && end === from.length ? from : from.subarray(start, end), this.#at);
    this.#at += length;
  }

  #tag(number: number, type: number): void {
    this.#varint(number * 8 + type);
  }

  #varint(value: number): void {
    this.#reserve(10);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#at++] = rest;
  }

  #bigVarint(value: bigint): void {
    this.#reserve(10);
    let rest = value;
    for (; rest >= 0x80n; rest >>= 7n) this.#bytes[this.#at++] = Number(rest & 0x7fn) | 0x80;
    this.#bytes[this.#at++] = Number(rest);
  }

  #reserve(length: number): void {
    if (this.#at + length <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + length));
    larger.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = larger;
  }
}

/** How many bytes a varint takes. */
export function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes += 1;
  return bytes;
}

/** How many bytes a field of messages, strings or bytes takes, with a number below 16. */
export function fieldBytes(length: number): number {
  return 1 + varintBytes(length) + length;
}
