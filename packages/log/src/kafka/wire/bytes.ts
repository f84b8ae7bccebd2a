/** Numbers as Kafka writes them: big-endian, and zigzag varints inside of record batches. */

/** Offsets and times stay below 2^53. */
export function readI64(buffer: Buffer, at: number): number {
  return buffer.readInt32BE(at) * 2 ** 32 + buffer.readUInt32BE(at + 4);
}

export function writeI64(buffer: Buffer, value: number, at: number): void {
  buffer.writeInt32BE(Math.floor(value / 2 ** 32), at);
  buffer.writeUInt32BE(value >>> 0, at + 4);
}

/** Bytes that the varint of a number from 0 to 2^31 - 1 takes. */
export function sizeOfVarint(value: number): number {
  return value < 0x40 ? 1 : value < 0x2000 ? 2 : value < 0x10_0000 ? 3 : value < 0x800_0000 ? 4 : 5;
}

/** @param value from -1, which stands for null, to 2^30 - 1. @returns where it ends. */
export function writeVarint(buffer: Uint8Array, value: number, at: number): number {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  let end = at;
  while (rest > 0x7f) {
    buffer[end++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  buffer[end++] = rest;
  return end;
}

/** Reads one thing after the other. Reading beyond the end throws a RangeError. */
export class Reader {
  readonly buffer: Buffer;
  at: number;

  constructor(buffer: Buffer, at = 0) {
    this.buffer = buffer;
    this.at = at;
  }

  skip(bytes: number): void {
    this.at += bytes;
  }

  i16(): number {
    this.at += 2;
    return this.buffer.readInt16BE(this.at - 2);
  }

  i32(): number {
    this.at += 4;
    return this.buffer.readInt32BE(this.at - 4);
  }

  i64(): number {
    this.at += 8;
    return readI64(this.buffer, this.at - 8);
  }

  /** A string with a length of 16 bits. */
  string(): string {
    const length = this.i16();
    return this.bytes(Math.max(length, 0)).toString();
  }

  bytes(length: number): Buffer {
    const end = this.at + length;
    if (end > this.buffer.length) throw new RangeError(`${length} bytes at ${this.at} of ${this.buffer.length}`);
    const bytes = this.buffer.subarray(this.at, end);
    this.at = end;
    return bytes;
  }

  /** An unsigned varint, of the newer messages. */
  uvarint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.buffer.readUInt8(this.at++);
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw new RangeError(`a varint of more than 5 bytes at ${this.at}`);
  }

  /** A zigzag varint of up to 32 bits. */
  varint(): number {
    const raw = this.uvarint();
    return (raw >>> 1) ^ -(raw & 1);
  }

  /** A zigzag varint of up to 64 bits. */
  varlong(): number {
    let value = 0;
    let factor = 1;
    for (let bytes = 0; bytes < 10; bytes++) {
      const byte = this.buffer.readUInt8(this.at++);
      value += (byte & 0x7f) * factor;
      factor *= 128;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    throw new RangeError(`a varint of more than 10 bytes at ${this.at}`);
  }
}
