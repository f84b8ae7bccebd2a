/**
 * A record batch, in a request to produce and in the answer to a fetch:
 *
 *     batch  := baseOffset:i64 bytes:i32 leaderEpoch:i32 magic:i8 (2) crc32c:u32
 *               attributes:i16 lastOffsetDelta:i32 baseTime:i64 maxTime:i64
 *               producerId:i64 producerEpoch:i16 baseSequence:i32 count:i32 record*
 *     record := bytes:varint attributes:i8 timeDelta:varlong offsetDelta:varint
 *               key:nullable value:nullable headers:varint (name:nullable value:nullable)*
 *     nullable := length:varint (-1: null) byte*
 *
 * `bytes` counts what follows it. The checksum covers everything from `attributes` on. Where bits
 * 0 to 2 of the attributes name a codec, the records are compressed together. Bit 3 says that
 * `maxTime`, set by the broker, is the time of all of them; bit 5 marks what only concerns clients.
 */
import lz4 from 'lz4-napi';
import { LogError } from '../../errors.ts';
import type { LogRecord, NewRecord } from '../../port.ts';
import { Reader, readI64, sizeOfVarint, writeVarint } from './bytes.ts';
import { crc32c } from './crc32c.ts';

const HEAD_BYTES = 61;
/** `baseOffset` and `bytes`, which `bytes` does not count. */
const UNCOUNTED_BYTES = 12;
const MAGIC = 2;
const AT = { bytes: 8, magic: 16, crc: 17, attributes: 21, lastDelta: 23, maxTime: 35, producer: 43, count: 57 };
const CODEC_MASK = 7;
const NONE = 0;
const LZ4 = 3;
const APPEND_TIME = 8;
const CONTROL = 32;
/** Below this lz4 takes longer than it saves. */
const SMALLEST_COMPRESSED_BYTES = 512;
/** Bodies of chunks are compressed already. So much of the middle of a batch tells whether the rest is worth it. */
const SAMPLE_BYTES = 16 * 1024;
const WORTHWHILE_RATIO = 0.8;

const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});

/** Who sends, so that a broker knows a repeat when it sees one. */
export interface Sequence {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly first: number;
}

/** Bytes of key, value and headers. */
export function payloadBytes({ key, value, headers }: NewRecord): number {
  let bytes = (key?.byteLength ?? 0) + (value?.byteLength ?? 0);
  if (headers !== undefined) {
    for (const name in headers) bytes += Buffer.byteLength(name) + Buffer.byteLength(headers[name] as string);
  }
  return bytes;
}

/** One batch of all the records, compressed where that makes it much smaller. Its sequence is still to be set. */
export function encodeBatch(records: readonly NewRecord[]): Buffer {
  const sizes = records.map(bodyBytes);
  let total = HEAD_BYTES;
  for (const size of sizes) total += sizeOfVarint(size) + size;
  const plain = Buffer.allocUnsafe(total);
  let at = HEAD_BYTES;
  for (let index = 0; index < records.length; index++) {
    at = writeRecord(plain, records[index] as NewRecord, index, writeVarint(plain, sizes[index] as number, at));
  }
  if (!worthCompressing(plain)) return writeHead(plain, records.length, NONE);
  const compressed = lz4.compressFrameSync(plain.subarray(HEAD_BYTES));
  const batch = Buffer.allocUnsafe(HEAD_BYTES + compressed.length);
  batch.set(compressed, HEAD_BYTES);
  return writeHead(batch, records.length, LZ4);
}

function worthCompressing(plain: Buffer): boolean {
  if (plain.length < SMALLEST_COMPRESSED_BYTES) return false;
  const start = Math.max(HEAD_BYTES, Math.floor((plain.length - SAMPLE_BYTES) / 2));
  const sample = plain.subarray(start, start + SAMPLE_BYTES);
  return lz4.compressFrameSync(sample).length < sample.length * WORTHWHILE_RATIO;
}

/** Sets who sends the batch, and then its checksum. */
export function stampBatch(batch: Buffer, sequence: Sequence): void {
  batch.writeBigInt64BE(sequence.producerId, AT.producer);
  batch.writeInt16BE(sequence.producerEpoch, AT.producer + 8);
  batch.writeInt32BE(sequence.first, AT.producer + 10);
  batch.writeUInt32BE(crc32c(batch, AT.attributes, batch.length), AT.crc);
}

function bodyBytes(record: NewRecord, index: number): number {
  const { key, value, headers } = record;
  // Attributes and time delta take a byte each.
  let bytes = 2 + sizeOfVarint(index) + nullableBytes(key) + nullableBytes(value);
  let count = 0;
  if (headers !== undefined) {
    for (const name in headers) {
      const nameBytes = Buffer.byteLength(name);
      const valueBytes = Buffer.byteLength(headers[name] as string);
      bytes += sizeOfVarint(nameBytes) + nameBytes + sizeOfVarint(valueBytes) + valueBytes;
      count++;
    }
  }
  return bytes + sizeOfVarint(count);
}

function nullableBytes(bytes: Uint8Array | null): number {
  return bytes === null ? 1 : sizeOfVarint(bytes.byteLength) + bytes.byteLength;
}

function writeRecord(batch: Buffer, record: NewRecord, index: number, start: number): number {
  const { key, value, headers } = record;
  let at = start;
  batch[at++] = 0;
  batch[at++] = 0;
  at = writeVarint(batch, index, at);
  at = writeNullable(batch, key, at);
  at = writeNullable(batch, value, at);
  if (headers === undefined) return writeVarint(batch, 0, at);
  at = writeVarint(batch, Object.keys(headers).length, at);
  for (const name in headers) at = writeText(batch, headers[name] as string, writeText(batch, name, at));
  return at;
}

function writeNullable(batch: Buffer, bytes: Uint8Array | null, start: number): number {
  if (bytes === null) return writeVarint(batch, -1, start);
  const at = writeVarint(batch, bytes.byteLength, start);
  batch.set(bytes, at);
  return at + bytes.byteLength;
}

function writeText(batch: Buffer, text: string, start: number): number {
  const at = writeVarint(batch, Buffer.byteLength(text), start);
  return at + batch.write(text, at);
}

function writeHead(batch: Buffer, count: number, codec: number): Buffer {
  batch.fill(0, 0, HEAD_BYTES);
  batch.writeInt32BE(batch.length - UNCOUNTED_BYTES, AT.bytes);
  batch[AT.magic] = MAGIC;
  batch.writeInt16BE(codec, AT.attributes);
  batch.writeInt32BE(count - 1, AT.lastDelta);
  batch.writeInt32BE(count, AT.count);
  return batch;
}

/**
 * The offset after the last whole batch of a fetched set, or null where there is none: brokers cut
 * a set at the bytes that were asked for.
 */
export function endOfBatches(set: Buffer): number | null {
  let end: number | null = null;
  for (const at of wholeBatches(set)) end = readI64(set, at) + set.readInt32BE(at + AT.lastDelta) + 1;
  return end;
}

/** The records of the whole batches of a fetched set, from an offset on. They are views of what was fetched. */
export function decodeBatches(set: Buffer, from: number, into: LogRecord[]): void {
  for (const at of wholeBatches(set)) {
    const attributes = set.readInt16BE(at + AT.attributes);
    const lastOffset = readI64(set, at) + set.readInt32BE(at + AT.lastDelta);
    if (lastOffset >= from && (attributes & CONTROL) === 0) decodeBatch(set, at, attributes, from, into);
  }
}

function* wholeBatches(set: Buffer): Generator<number> {
  for (let at = 0; at + HEAD_BYTES <= set.length;) {
    const end = at + UNCOUNTED_BYTES + set.readInt32BE(at + AT.bytes);
    if (end > set.length) return;
    if (set[at + AT.magic] !== MAGIC) {
      throw new LogError(`A record batch has format ${set[at + AT.magic]}; this program reads ${MAGIC}.`, false);
    }
    yield at;
    at = end;
  }
}

function decodeBatch(set: Buffer, at: number, attributes: number, from: number, into: LogRecord[]): void {
  const baseOffset = readI64(set, at);
  const end = at + UNCOUNTED_BYTES + set.readInt32BE(at + AT.bytes);
  const reader = new Reader(decompress(set.subarray(at + HEAD_BYTES, end), attributes & CODEC_MASK));
  const appended = (attributes & APPEND_TIME) !== 0;
  const timeMs = readI64(set, at + (appended ? AT.maxTime : AT.maxTime - 8));
  for (let left = set.readInt32BE(at + AT.count); left > 0; left--) {
    const next = reader.varint();
    const after = reader.at + next;
    reader.at++;
    const timeDelta = reader.varlong();
    const offset = baseOffset + reader.varint();
    if (offset >= from) {
      into.push({
        offset,
        appendTimeMs: appended ? timeMs : timeMs + timeDelta,
        key: readNullable(reader),
        value: readNullable(reader),
        headers: readHeaders(reader),
      });
    }
    reader.at = after;
  }
}

function decompress(bytes: Buffer, codec: number): Buffer {
  if (codec === NONE) return bytes;
  if (codec === LZ4) return lz4.decompressFrameSync(bytes);
  throw new LogError(
    `A record batch is compressed with codec ${codec}; Spanloom's topics are written by Spanloom, with lz4.`,
    false,
  );
}

function readNullable(reader: Reader): Buffer | null {
  const length = reader.varint();
  return length < 0 ? null : reader.bytes(length);
}

function readHeaders(reader: Reader): Readonly<Record<string, string>> {
  const count = reader.varint();
  if (count === 0) return NO_HEADERS;
  const headers: Record<string, string> = {};
  for (let left = count; left > 0; left--) {
    const name = reader.bytes(reader.varint()).toString();
    headers[name] = readNullable(reader)?.toString() ?? '';
  }
  return headers;
}
