/**
 * An entry of a partition's index in Redis: what the owner must know of an open chunk without its record.
 *
 * ```
 * byte    1   version, 1
 * bytes  16   trace id
 * f64         stream time, Unix milliseconds
 * u64         start, Unix nanoseconds
 * u64         end, Unix nanoseconds
 * u32         bytes of the body before compression
 * 8 × n       span ids
 * 8 × n       parent ids
 * n           marks
 * ```
 *
 * Numbers are little-endian. n follows from the length.
 */
import { PackedChunkIndex, Pieces } from '@spanloom/span';

import type { OpenChunk } from '../port.ts';

const VERSION = 1;
export const HEAD_BYTES: number = 1 + 16 + 8 + 8 + 8 + 4;
export const SPAN_BYTES: number = 8 + 8 + 1;
const indexes = new Pieces();

function entryBytes({ index }: OpenChunk): number {
  return HEAD_BYTES + SPAN_BYTES * index.marks.byteLength;
}

/** The entries of some chunks, in their order: views of one buffer, to be sent and forgotten. */
export function encodeEntries(chunks: readonly OpenChunk[]): Buffer[] {
  let bytes = 0;
  for (const chunk of chunks) bytes += entryBytes(chunk);
  const all = Buffer.allocUnsafe(bytes);
  let at = 0;
  return chunks.map((chunk) => {
    const entry = all.subarray(at, (at += entryBytes(chunk)));
    encodeInto(entry, chunk);
    return entry;
  });
}

function encodeInto(entry: Buffer, { traceId, streamTimeMs, index }: OpenChunk): void {
  const spans = index.marks.byteLength;
  if (index.spanIds.byteLength !== 8 * spans || index.parentIds.byteLength !== 8 * spans) {
    throw new RangeError(`A chunk of trace ${traceId} has ${spans} marks, but not as many ids.`);
  }
  entry.writeUInt8(VERSION, 0);
  entry.write(traceId, 1, 16, 'hex');
  entry.writeDoubleLE(streamTimeMs, 17);
  entry.writeBigUInt64LE(index.startNs, 25);
  entry.writeBigUInt64LE(index.endNs, 33);
  entry.writeUInt32LE(index.bodyBytes, 41);
  entry.set(index.spanIds, HEAD_BYTES);
  entry.set(index.parentIds, HEAD_BYTES + 8 * spans);
  entry.set(index.marks, HEAD_BYTES + 16 * spans);
}

/** The chunk of an entry, or null if that is not what it is. A copy: the entry is a view of what a socket read. */
export function decodeEntry(offset: number, entry: Buffer): OpenChunk | null {
  const spans = (entry.byteLength - HEAD_BYTES) / SPAN_BYTES;
  if (!Number.isInteger(spans) || spans < 0 || entry.readUInt8(0) !== VERSION) return null;
  const start = indexes.reserve(PackedChunkIndex.bytesFor(spans));
  const { piece } = indexes;
  piece.set(entry.subarray(HEAD_BYTES), start);
  let end = start + SPAN_BYTES * spans;
  end = piece.writeBigUInt64BE(entry.readBigUInt64LE(25), end);
  end = piece.writeBigUInt64BE(entry.readBigUInt64LE(33), end);
  indexes.use(end);
  return {
    offset,
    traceId: entry.toString('hex', 1, 17),
    streamTimeMs: entry.readDoubleLE(17),
    index: new PackedChunkIndex({ piece, start, spans, bodyBytes: entry.readUInt32LE(41) }),
  };
}
