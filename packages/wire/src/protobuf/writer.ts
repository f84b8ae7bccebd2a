/** Writes protobuf messages (see reader.ts for the grammar), one after the other, into memory that grows. */
export class FieldWriter {
  readonly #pieceBytes: number;
  #bytes: Buffer = nothing;
  /** Where the message at hand begins in the piece of memory. */
  #start = 0;
  #at = 0;

  /** `pieceBytes` of memory are taken at a time: some messages may share them. */
  constructor(pieceBytes: number = 1024) {
    this.#pieceBytes = pieceBytes;
  }

  /** What was written since the last time. The bytes are the caller's; the writer goes on behind them. */
  finish(): Uint8Array {
    const message = this.#bytes.subarray(this.#start, this.#at);
    this.#start = this.#at;
    return message;
  }

  /** Sees to it that this many bytes can be written without being moved. */
  room(bytes: number): void {
    // A varint is written as if it took ten.
    this.#reserve(bytes + 10);
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
    this.#at += 1;
    const offset = this.#at - this.#start;
    write();
    const from = this.#start + offset;
    const length = this.#at - from;
    const extra = varintBytes(length) - 1;
    if (extra > 0) {
      this.#reserve(extra);
      const moved = this.#start + offset;
      this.#bytes.copyWithin(moved + extra, moved, this.#at);
    }
    this.#at = this.#start + offset - 1;
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
    this.#reserve(end - start);
    const bytes = this.#bytes;
    let at = this.#at;
    // Up to 64 bytes a loop is faster than making a view.
    if (end - start <= 64) for (let i = start; i < end; i += 1) bytes[at++] = from[i] as number;
    else {
      bytes.set(start === 0 && end === from.length ? from : from.subarray(start, end), at);
      at += end - start;
    }
    this.#at = at;
  }

  #tag(number: number, type: number): void {
    this.#varint(number * 8 + type);
  }

  #varint(value: number): void {
    this.#reserve(10);
    let rest = value;
    for (; rest > 0x7fff_ffff; rest = Math.floor(rest / 0x80)) this.#bytes[this.#at++] = (rest % 0x80) | 0x80;
    for (; rest >= 0x80; rest >>>= 7) this.#bytes[this.#at++] = rest | 0x80;
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
    const written = this.#at - this.#start;
    const larger = Buffer.allocUnsafe(Math.max(this.#pieceBytes, 2 * written + length, 16));
    larger.set(this.#bytes.subarray(this.#start, this.#at));
    this.#bytes = larger;
    this.#start = 0;
    this.#at = written;
  }
}

const nothing: Buffer = Buffer.alloc(0);

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
