/**
 * The value of a block:
 *
 *     block   := version:u8 (1) crc32:u32 record*
 *     record  := keyBytes:i32 valueBytes:i32 headersBytes:u32 key value header*
 *     header  := nameBytes:u32 valueBytes:u32 name:utf8 value:utf8
 *
 * Numbers are little-endian; a size of −1 is null. The checksum covers the records. The database
 * below has none of its own, and a disk that answers with other bytes than it took must be noticed
 * before they are assembled into traces.
 */
import { crc32 } from 'node:zlib';
import { LogError } from '../../errors.ts';
import type { LogRecord, NewRecord } from '../../port.ts';

const VERSION = 1;
const BLOCK_HEAD_BYTES = 5;
const RECORD_HEAD_BYTES = 12;
const HEADER_HEAD_BYTES = 8;
const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});

/**
 * Records are packed up to this size. Large enough that an entry's cost (a tree walk, a cursor
 * step, up to a page of slack) is below 2 % of the copying; small enough that one record kept in
 * memory, being a view, pins no more than this.
 */
export const BLOCK_BYTES: number = 256 * 1024;

/** The largest record: key, value and headers together, as Kafka's `max.message.bytes`. */
export const MAX_RECORD_BYTES: number = 4 * 1024 * 1024;

function headersBytes(headers: Readonly<Record<string, string>> | undefined): number {
  if (headers === undefined) return 0;
  let bytes = 0;
  for (const [name, value] of Object.entries(headers)) {
    bytes += HEADER_HEAD_BYTES + Buffer.byteLength(name) + Buffer.byteLength(value);
  }
  return bytes;
}

/** Bytes that a record takes in a block. */
export function recordBytes(record: NewRecord): number {
  const body = (record.key?.byteLength ?? 0) + (record.value?.byteLength ?? 0);
  return RECORD_HEAD_BYTES + body + headersBytes(record.headers);
}

/** Where the next block ends: the index after its last record, and its size. At least one record. */
export function nextBlock(sizes: readonly number[], from: number): { end: number; bytes: number } {
  let bytes = BLOCK_HEAD_BYTES + (sizes[from] ?? 0);
  let end = from + 1;
  for (; end < sizes.length; end++) {
    const size = sizes[end] ?? 0;
    if (bytes + size > BLOCK_BYTES) break;
    bytes += size;
  }
  return { end, bytes };
}

/** @param bytes what {@link nextBlock} said. */
export function encodeBlock(records: readonly NewRecord[], bytes: number): Buffer {
  // Not from the shared pool: it stays referenced until the write thread has copied it.
  const block = Buffer.allocUnsafeSlow(bytes);
  let at = BLOCK_HEAD_BYTES;
  for (const { key, value, headers } of records) {
    block.writeInt32LE(key?.byteLength ?? -1, at);
    block.writeInt32LE(value?.byteLength ?? -1, at + 4);
    const headersBytesAt = at + 8;
    at += RECORD_HEAD_BYTES;
    if (key !== null) block.set(key, at);
    at += key?.byteLength ?? 0;
    if (value !== null) block.set(value, at);
    at += value?.byteLength ?? 0;
    const headersAt = at;
    if (headers !== undefined) at = writeHeaders(block, headers, at);
    block.writeUInt32LE(at - headersAt, headersBytesAt);
  }
  block[0] = VERSION;
  block.writeUInt32LE(crc32(block.subarray(BLOCK_HEAD_BYTES)), 1);
  return block;
}

function writeHeaders(block: Buffer, headers: Readonly<Record<string, string>>, from: number): number {
  let at = from;
  for (const [name, value] of Object.entries(headers)) {
    const nameBytes = block.write(name, at + HEADER_HEAD_BYTES);
    const valueBytes = block.write(value, at + HEADER_HEAD_BYTES + nameBytes);
    block.writeUInt32LE(nameBytes, at);
    block.writeUInt32LE(valueBytes, at + 4);
    at += HEADER_HEAD_BYTES + nameBytes + valueBytes;
  }
  return at;
}

function readHeaders(block: Buffer, from: number, end: number): Readonly<Record<string, string>> {
  if (from === end) return NO_HEADERS;
  const headers: [string, string][] = [];
  for (let at = from; at < end;) {
    const nameEnd = at + HEADER_HEAD_BYTES + block.readUInt32LE(at);
    const valueEnd = nameEnd + block.readUInt32LE(at + 4);
    headers.push([block.toString('utf8', at + HEADER_HEAD_BYTES, nameEnd), block.toString('utf8', nameEnd, valueEnd)]);
    at = valueEnd;
  }
  return Object.fromEntries(headers);
}

/** What a block's key says, and where it stands. */
export interface BlockPosition {
  /** For the message of an error. */
  readonly where: string;
  readonly base: number;
  readonly appendTimeMs: number;
}

/** @throws LogError, not retryable, when the bytes are not what was written. */
export function checkBlock(block: Buffer, { where, base }: BlockPosition): void {
  if (block[0] !== VERSION) {
    throw new LogError(`${where} at offset ${base} is in format ${block[0]}; this program reads ${VERSION}.`, false);
  }
  if (crc32(block.subarray(BLOCK_HEAD_BYTES)) !== block.readUInt32LE(1)) {
    throw new LogError(`${where} at offset ${base} is damaged: its checksum does not match. Check the disk.`, false);
  }
}

/** The records of a block that was checked, or never left memory; keys and values are views of it. */
export function decodeBlock(block: Buffer, { base, appendTimeMs }: Omit<BlockPosition, 'where'>): LogRecord[] {
  const records: LogRecord[] = [];
  for (let at = BLOCK_HEAD_BYTES; at < block.length;) {
    const keyBytes = block.readInt32LE(at);
    const valueBytes = block.readInt32LE(at + 4);
    const keyAt = at + RECORD_HEAD_BYTES;
    const valueAt = keyAt + Math.max(keyBytes, 0);
    const headersAt = valueAt + Math.max(valueBytes, 0);
    const end = headersAt + block.readUInt32LE(at + 8);
    records.push({
      offset: base + records.length,
      appendTimeMs,
      key: keyBytes < 0 ? null : block.subarray(keyAt, valueAt),
      value: valueBytes < 0 ? null : block.subarray(valueAt, headersAt),
      headers: readHeaders(block, headersAt, end),
    });
    at = end;
  }
  return records;
}
