/** A byte buffer that grows. Little endian, as ClickHouse's Native format is. */
export class Bytes {
  length = 0;
  #buffer: Buffer;
  #view: DataView;

  constructor(capacity = 65_536) {
    this.#buffer = Buffer.allocUnsafe(capacity);
    this.#view = viewOf(this.#buffer);
  }

  /** What was written, until the next write: a view, not a copy. */
  finish(): Uint8Array {
    return new Uint8Array(this.#buffer.buffer, this.#buffer.byteOffset, this.length);
  }

  /** Makes room for `count` bytes, counts them as written, and returns where they begin in {@link raw}. */
  reserve(count: number): number {
    const at = this.length;
    const needed = at + count;
    if (needed > this.#buffer.length) this.#grow(needed);
    this.length = needed;
    return at;
  }

  /** The bytes themselves, valid until the next {@link reserve} or write. */
  get raw(): Buffer {
    return this.#buffer;
  }

  /** A view of {@link raw}, valid as long. */
  get view(): DataView {
    return this.#view;
  }

  uint8(value: number): void {
    const at = this.reserve(1);
    this.#buffer[at] = value;
  }

  uint64(value: number | bigint): void {
    const at = this.reserve(8);
    this.#view.setBigUint64(at, BigInt(value), true);
  }

  /** Unsigned LEB128, as in protobuf. */
  varint(value: number): void {
    let at = this.reserve(varintLength(value));
    let rest = value;
    while (rest >= 0x80) {
      this.#buffer[at++] = (rest & 0x7f) | 0x80;
      rest = Math.floor(rest / 128);
    }
    this.#buffer[at] = rest;
  }

  /** A String: its length in bytes, then its UTF-8. */
  string(text: string): void {
    // Nearly all texts are short and ASCII: a loop over them beats two calls out of JavaScript.
    if (text.length < 64 && this.#ascii(text)) return;
    const bytes = Buffer.byteLength(text);
    this.varint(bytes);
    const at = this.reserve(bytes);
    this.#buffer.write(text, at);
  }

  /** A String of the decimal digits of a whole number from 0 to 2^32 - 1. */
  decimalString(value: number): void {
    let digits = 1;
    for (let limit = 10; value >= limit; limit *= 10) digits++;
    const at = this.reserve(digits + 1);
    const target = this.#buffer;
    target[at] = digits;
    let rest = value;
    for (let to = at + digits; to > at; to--) {
      const tenth = Math.floor(rest / 10);
      target[to] = 48 + rest - tenth * 10;
      rest = tenth;
    }
  }

  /** Writes a short text if it is ASCII; else writes nothing and answers false. */
  #ascii(text: string): boolean {
    const start = this.length;
    const at = this.reserve(text.length + 1);
    const target = this.#buffer;
    target[at] = text.length;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) {
        this.length = start;
        return false;
      }
      target[at + 1 + i] = code;
    }
    return true;
  }

  /** A String whose bytes are `source` from `from` to `to`. */
  stringOf(source: Uint8Array, from: number, to: number): void {
    this.varint(to - from);
    this.copy(source, from, to);
  }

  /** The bytes of `source` from `from` to `to`. */
  copy(source: Uint8Array, from: number, to: number): void {
    const count = to - from;
    const at = this.reserve(count);
    const target = this.#buffer;
    // Below 32 bytes the loop beats `set`, whose view costs about 60 ns.
    if (count < 32) {
      for (let i = 0; i < count; i++) target[at + i] = source[from + i] ?? 0;
    } else {
      target.set(source.subarray(from, to), at);
    }
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
    larger.set(this.#buffer.subarray(0, this.length));
    this.#buffer = larger;
    this.#view = viewOf(larger);
  }
}

function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

function varintLength(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
}
