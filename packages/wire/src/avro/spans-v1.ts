import { type ChunkIndex, type Result, bytesToHex, err, ok } from '@spanloom/span';

import type { Codec, SpansRecord, WireError } from '../records.ts';
import { FieldCursor, maxLongBytes, writeBytes, writeLong } from './cursor.ts';
import { spansV1 } from './schemas.ts';
import { headerBytes, headerOf } from './single-object.ts';

const header = headerOf(spansV1);
export const codecs: readonly [Codec, ...Codec[]] = ['none', 'lz4'];

/** The value of a record in `spans`. */
export function encodeSpansRecord({ traceId, index, codec, body, truncated }: SpansRecord): Buffer {
  const spans = index.marks.length;
  const value = Buffer.allocUnsafe(headerBytes + 32 + 17 * spans + body.length + 5 * maxLongBytes + 2);
  value.set(header);
  value.write(traceId, headerBytes, 16, 'hex');
  let at = writeBytes(value, index.spanIds, headerBytes + 16);
  at = writeBytes(value, index.parentIds, at);
  at = writeBytes(value, index.marks, at);
  at = value.writeBigUInt64BE(BigInt.asUintN(64, index.startNs), at);
  at = value.writeBigUInt64BE(BigInt.asUintN(64, index.endNs), at);
  at = writeLong(value, index.bodyBytes, at);
  value[at++] = truncated ? 1 : 0;
  at = writeLong(value, codecs.indexOf(codec), at);
  return value.subarray(0, writeBytes(value, body, at));
}

/** The body of a chunk, and how it is packed. */
export type ChunkBody = Pick<SpansRecord, 'codec' | 'body' | 'truncated'>;

/** What of a value a reader asks for. */
export interface SpansReader<T> {
  readonly header: Buffer;
  decode(value: Buffer): Result<T, WireError>;
}

/** All of a value. Shares no memory with it. */
export const spansReaderV1: SpansReader<SpansRecord> = readerOfFields((value, fields) => ({
  traceId: bytesToHex(value, headerBytes, 16),
  index: indexOf(value, fields),
  codec: fields.codec,
  body: Buffer.from(value.subarray(fields.bodyAt)),
  truncated: fields.truncated,
}));

/** Which trace it is and what spans are in it: for who keeps the value itself elsewhere. Shares no memory with it. */
export const spansIndexReaderV1: SpansReader<Pick<SpansRecord, 'traceId' | 'index'>> = readerOfFields(
  (value, fields) => ({ traceId: bytesToHex(value, headerBytes, 16), index: indexOf(value, fields) }),
);

/** The body, which is a view of the value. */
export const spansBodyReaderV1: SpansReader<ChunkBody> = readerOfFields((value, { codec, truncated, bodyAt }) => ({
  codec,
  body: value.subarray(bodyAt),
  truncated,
}));

/** Where the fields of a value are, and those that are small. The body goes to its end. */
interface Fields {
  readonly spans: number;
  readonly spanIdsAt: number;
  readonly parentIdsAt: number;
  readonly marksAt: number;
  readonly timesAt: number;
  readonly bodyBytes: number;
  readonly truncated: boolean;
  readonly codec: Codec;
  readonly bodyAt: number;
}

function readerOfFields<T>(pick: (value: Buffer, fields: Fields) => T): SpansReader<T> {
  return {
    header,
    decode(value) {
      const fields = fieldsOf(value);
      return fields.ok ? ok(pick(value, fields.value)) : fields;
    },
  };
}

function fieldsOf(value: Buffer): Result<Fields, WireError> {
  const cursor = new FieldCursor(value, headerBytes + 16);
  const spanIdsBytes = cursor.long();
  const spanIdsAt = cursor.skip(spanIdsBytes);
  const parentIdsBytes = cursor.long();
  const parentIdsAt = cursor.skip(parentIdsBytes);
  const spans = cursor.long();
  const marksAt = cursor.skip(spans);
  const timesAt = cursor.skip(16);
  const bodyBytes = cursor.long();
  const truncated = cursor.boolean();
  const codec = cursor.symbol(codecs);
  const bodyAt = cursor.skip(cursor.long());
  if (!cursor.isDone()) return bad('The bytes do not fit their Avro schema.');
  if (spans === 0 || spanIdsBytes !== 8 * spans || parentIdsBytes !== 8 * spans || !isInt(bodyBytes)) {
    return bad('The index of the chunk contradicts itself.');
  }
  return ok({ spans, spanIdsAt, parentIdsAt, marksAt, timesAt, bodyBytes, truncated, codec, bodyAt });
}

/** One copy for all of it: a chunk's index is kept for as long as its trace is open. */
function indexOf(value: Buffer, fields: Fields): ChunkIndex {
  const { spans, timesAt, bodyBytes } = fields;
  const ids = new Uint8Array(17 * spans);
  ids.set(value.subarray(fields.spanIdsAt, fields.spanIdsAt + 8 * spans));
  ids.set(value.subarray(fields.parentIdsAt, fields.parentIdsAt + 8 * spans), 8 * spans);
  ids.set(value.subarray(fields.marksAt, fields.marksAt + spans), 16 * spans);
  return {
    spanIds: ids.subarray(0, 8 * spans),
    parentIds: ids.subarray(8 * spans, 16 * spans),
    marks: ids.subarray(16 * spans),
    startNs: value.readBigUInt64BE(timesAt),
    endNs: value.readBigUInt64BE(timesAt + 8),
    bodyBytes,
  };
}

function isInt(number: number): boolean {
  return number >= 0 && number < 2 ** 31;
}

function bad(message: string): { readonly ok: false; readonly error: WireError } {
  return err({ message, unknownSchema: false });
}
