import { type CloseReason, type Result, ok } from '@spanloom/span';

import type { Codec, HeartbeatRecord, TraceRecord, WireError } from '../records.ts';
import { heartbeatV1, traceV1 } from './schemas.ts';
import { singleObject } from './single-object.ts';
import { bufferOf } from './spans-v1.ts';

interface TraceDatum {
  traceId: Buffer;
  reason: CloseReason;
  complete: boolean;
  remoteRoot: boolean;
  roots: number;
  missingParents: Buffer;
  missingCount: number;
  part: number;
  parts: number;
  watermarkOffset: number;
  watermarkStreamTimeMs: number;
  chunks: {
    offset: number;
    spanCount: number;
    bodyBytes: number;
    truncated: boolean;
    codec: Codec;
    body: Buffer;
  }[];
}

interface HeartbeatDatum {
  watermarkOffset: number;
  watermarkStreamTimeMs: number;
}

const trace = singleObject<TraceDatum>(traceV1);
const heartbeat = singleObject<HeartbeatDatum>(heartbeatV1);

/** The value of a record in `traces` that holds a finished trace. */
export function encodeTraceRecord(record: TraceRecord): Buffer {
  const { wholeness, watermark } = record;
  const datum: TraceDatum = {
    traceId: Buffer.from(record.traceId, 'hex'),
    reason: record.reason,
    complete: wholeness.complete,
    remoteRoot: wholeness.remoteRoot,
    roots: wholeness.roots,
    missingParents: Buffer.from(wholeness.missingParents.join(''), 'hex'),
    missingCount: wholeness.missingCount,
    part: record.part,
    parts: record.parts,
    watermarkOffset: watermark.offset,
    watermarkStreamTimeMs: watermark.streamTimeMs,
    chunks: record.chunks.map((chunk) => ({ ...chunk, body: bufferOf(chunk.body) })),
  };
  // What the fields of a record, and of a chunk besides its body, take at most.
  let bytes = 128 + 8 * wholeness.missingParents.length;
  for (const { body } of record.chunks) bytes += 32 + body.length;
  return trace.encode(datum, bytes);
}

/** The value of a record in `traces` that only says how far it is complete. */
export function encodeHeartbeat({ watermark }: HeartbeatRecord): Buffer {
  return heartbeat.encode({ watermarkOffset: watermark.offset, watermarkStreamTimeMs: watermark.streamTimeMs }, 20);
}

/** Version 1 of a finished trace in `traces`. */
export const traceReaderV1: { readonly header: Buffer; decode(value: Buffer): Result<TraceRecord, WireError> } = {
  header: trace.header,
  decode(value) {
    const read = trace.decode(value);
    if (!read.ok) return read;
    const datum = read.value;
    const missing = datum.missingParents.toString('hex');
    return ok({
      type: 'trace',
      traceId: datum.traceId.toString('hex'),
      reason: datum.reason,
      wholeness: {
        complete: datum.complete,
        remoteRoot: datum.remoteRoot,
        roots: datum.roots,
        missingParents: missing.match(/.{16}/g) ?? [],
        missingCount: datum.missingCount,
      },
      part: datum.part,
      parts: datum.parts,
      watermark: { offset: datum.watermarkOffset, streamTimeMs: datum.watermarkStreamTimeMs },
      chunks: datum.chunks,
    });
  },
};

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
