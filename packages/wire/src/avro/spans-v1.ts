import { type Result, err, ok } from '@spanloom/span';

import type { Codec, SpansRecord, WireError } from '../records.ts';
import { spansV1 } from './schemas.ts';
import { singleObject } from './single-object.ts';

interface Datum {
  traceId: Buffer;
  spanIds: Buffer;
  parentIds: Buffer;
  marks: Buffer;
  startNs: Buffer;
  endNs: Buffer;
  bodyBytes: number;
  truncated: boolean;
  codec: Codec;
  body: Buffer;
}

const avro = singleObject<Datum>(spansV1);

/** The value of a record in `spans`. */
export function encodeSpansRecord({ traceId, index, codec, body, truncated }: SpansRecord): Buffer {
  const datum: Datum = {
    traceId: Buffer.from(traceId, 'hex'),
    spanIds: bufferOf(index.spanIds),
    parentIds: bufferOf(index.parentIds),
    marks: bufferOf(index.marks),
    startNs: nanoseconds(index.startNs),
    endNs: nanoseconds(index.endNs),
    bodyBytes: index.bodyBytes,
    truncated,
    codec,
    body: bufferOf(body),
  };
  // Ids, marks and body, and what the other fields take at most.
  return avro.encode(datum, 17 * index.marks.length + body.length + 64);
}

/** Version 1 of a value of `spans`. */
export const spansReaderV1: { readonly header: Buffer; decode(value: Buffer): Result<SpansRecord, WireError> } = {
  header: avro.header,
  decode(value) {
    const read = avro.decode(value);
    if (!read.ok) return read;
    const datum = read.value;
    const spans = datum.marks.length;
    if (
      spans === 0 ||
      datum.spanIds.length !== 8 * spans ||
      datum.parentIds.length !== 8 * spans ||
      datum.bodyBytes < 0
    ) {
      return err({ message: 'The index of the chunk contradicts itself.', unknownSchema: false });
    }
    return ok({
      traceId: datum.traceId.toString('hex'),
      index: {
        spanIds: datum.spanIds,
        parentIds: datum.parentIds,
        marks: datum.marks,
        startNs: datum.startNs.readBigUInt64BE(),
        endNs: datum.endNs.readBigUInt64BE(),
        bodyBytes: datum.bodyBytes,
      },
      codec: datum.codec,
      body: datum.body,
      truncated: datum.truncated,
    });
  },
};

/** A view, not a copy. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function nanoseconds(ns: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt.asUintN(64, ns));
  return bytes;
}
