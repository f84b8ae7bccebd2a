import { type CloseReason, Pieces, type Result, bytesToHex, err, ok } from '@spanloom/span';

import type { HeartbeatRecord, TraceChunk, TraceRecord, WireError } from '../records.ts';
import { FieldCursor, maxLongBytes, writeBytes, writeLong } from './cursor.ts';
import { heartbeatV1, traceV1 } from './schemas.ts';
import { headerBytes, headerOf, singleObject } from './single-object.ts';
import { codecs } from './spans-v1.ts';

interface HeartbeatDatum {
  watermarkOffset: number;
  watermarkStreamTimeMs: number;
}

const traceHeader = headerOf(traceV1);
const values = new Pieces();
const reasons: readonly [CloseReason, ...CloseReason[]] = [
  'complete',
  'quiet',
  'maxAge',
  'maxSpans',
  'maxBytes',
  'pressure',
];
const heartbeat = singleObject<HeartbeatDatum>(heartbeatV1);

/** The value of a record in `traces` that holds a finished trace. */
export function encodeTraceRecord(record: TraceRecord): Buffer {
  const { wholeness, watermark, chunks } = record;
  // What the fields of a record, and of a chunk besides its body, take at most.
  let bytes = headerBytes + 32 + 10 * maxLongBytes + 8 * wholeness.missingParents.length;
  for (const { body } of chunks) bytes += 2 + 4 * maxLongBytes + body.length;
  const start = values.reserve(bytes);
  const value = values.piece;
  value.set(traceHeader, start);
  let at = start + headerBytes;
  at += value.write(record.traceId, at, 16, 'hex');
  at = writeLong(value, reasons.indexOf(record.reason), at);
  value[at++] = wholeness.complete ? 1 : 0;
  value[at++] = wholeness.remoteRoot ? 1 : 0;
  at = writeLong(value, wholeness.roots, at);
  at = writeLong(value, 8 * wholeness.missingParents.length, at);
  for (const id of wholeness.missingParents) at += value.write(id, at, 8, 'hex');
  at = writeLong(value, wholeness.missingCount, at);
  at = writeLong(value, record.part, at);
  at = writeLong(value, record.parts, at);
  at = writeLong(value, watermark.offset, at);
  at = writeLong(value, watermark.streamTimeMs, at);
  if (chunks.length > 0) at = writeLong(value, chunks.length, at);
  for (const chunk of chunks) {
    at = writeLong(value, chunk.offset, at);
    at = writeLong(value, chunk.spanCount, at);
    at = writeLong(value, chunk.bodyBytes, at);
    value[at++] = chunk.truncated ? 1 : 0;
    at = writeLong(value, codecs.indexOf(chunk.codec), at);
    at = writeBytes(value, chunk.body, at);
  }
  // An array ends with a block of none.
  return values.cut(start, writeLong(value, 0, at));
}

/** The value of a record in `traces` that only says how far it is complete. */
export function encodeHeartbeat({ watermark }: HeartbeatRecord): Buffer {
  return heartbeat.encode({ watermarkOffset: watermark.offset, watermarkStreamTimeMs: watermark.streamTimeMs }, 20);
}

/** Version 1 of a finished trace in `traces`. Bodies are views of the value. */
export const traceReaderV1: { readonly header: Buffer; decode(value: Buffer): Result<TraceRecord, WireError> } = {
  header: traceHeader,
  decode(value) {
    const cursor = new FieldCursor(value, headerBytes);
    const traceIdAt = cursor.skip(16);
    const reason = cursor.symbol(reasons);
    const complete = cursor.boolean();
    const remoteRoot = cursor.boolean();
    const roots = cursor.long();
    const missing = cursor.view();
    const missingCount = cursor.long();
    const part = cursor.long();
    const parts = cursor.long();
    const watermark = { offset: cursor.long(), streamTimeMs: cursor.long() };
    const chunks = readChunks(cursor);
    if (!cursor.isDone()) return err({ message: 'The bytes do not fit their Avro schema.', unknownSchema: false });
    const missingParents: string[] = [];
    for (let at = 0; at + 8 <= missing.length; at += 8) missingParents.push(bytesToHex(missing, at, 8));
    return ok({
      type: 'trace',
      traceId: bytesToHex(value, traceIdAt, 16),
      reason,
      wholeness: { complete, remoteRoot, roots, missingParents, missingCount },
      part,
      parts,
      watermark,
      chunks,
    });
  },
};

function readChunks(cursor: FieldCursor): TraceChunk[] {
  const chunks: TraceChunk[] = [];
  for (let count = cursor.long(); count !== 0 && !cursor.failed; count = cursor.long()) {
    // A block may say how many bytes it has; its count is negative then.
    if (count < 0) cursor.long();
    for (let left = Math.abs(count); left > 0 && !cursor.failed; left--) {
      chunks.push({
        offset: cursor.long(),
        spanCount: cursor.long(),
        bodyBytes: cursor.long(),
        truncated: cursor.boolean(),
        codec: cursor.symbol(codecs),
        body: cursor.view(),
      });
    }
  }
  return chunks;
}

/** Version 1 of a heartbeat in `traces`. */
export const heartbeatReaderV1: { readonly header: Buffer; decode(value: Buffer): Result<HeartbeatRecord, WireError> } =
  {
    header: heartbeat.header,
    decode(value) {
      const read = heartbeat.decode(value);
      if (!read.ok) return read;
      const { watermarkOffset, watermarkStreamTimeMs } = read.value;
      return ok({ type: 'heartbeat', watermark: { offset: watermarkOffset, streamTimeMs: watermarkStreamTimeMs } });
    },
  };
