import { type ChunkIndex, PackedChunkIndex, Pieces, type Result, bytesToHex, err, ok } from '@spanloom/span';

import type { Codec, SpansRecord, WireError } from '../records.ts';
import { FieldCursor, maxLongBytes, writeBytes, writeLong } from './cursor.ts';
import { spansV1 } from './schemas.ts';
import { headerBytes, headerOf } from './single-object.ts';

const header = headerOf(spansV1);
/** Of values, and of indexes, which live longer: as long as their traces are open. */
const values = new Pieces();
const indexes = new Pieces();
export const codecs: readonly [Codec, ...Codec[]] = ['none', 'lz4'];

/** The value of a record in `spans`. */
export function encodeSpansRecord({ traceId, index, codec, body, truncated }: SpansRecord): Buffer {
  const start = values.reserve(headerBytes + 34 + 17 * index.marks.length + body.length + 6 * maxLongBytes);
  const { piece } = values;
  piece.set(header, start);
  let at = start + headerBytes;
  at += piece.write(traceId, at, 16, 'hex');
  at = writeBytes(piece, index.spanIds, at);
  at = writeBytes(piece, index.parentIds, at);
  at = writeBytes(piece, index.marks, at);
  at = piece.writeBigUInt64BE(BigInt.asUintN(64, index.startNs), at);
  at = piece.writeBigUInt64BE(BigInt.asUintN(64, index.endNs), at);
  at = writeLong(piece, index.bodyBytes, at);
  piece[at++] = truncated ? 1 : 0;
  at = writeLong(piece, codecs.indexOf(codec), at);
  return values.cut(start, writeBytes(piece, body, at));
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

/** A copy: a chunk's index is kept for as long as its trace is open, and must not keep what the log read. */
function indexOf(value: Buffer, { spans, spanIdsAt, parentIdsAt, marksAt, timesAt, bodyBytes }: Fields): ChunkIndex {
  const bytes = PackedChunkIndex.bytesFor(spans);
  const start = indexes.reserve(bytes);
  const { piece } = indexes;
  value.copy(piece, start, spanIdsAt, spanIdsAt + 8 * spans);
  value.copy(piece, start + 8 * spans, parentIdsAt, parentIdsAt + 8 * spans);
  value.copy(piece, start + 16 * spans, marksAt, marksAt + spans);
  value.copy(piece, start + 17 * spans, timesAt, timesAt + 16);
  indexes.use(start + bytes);
  return new PackedChunkIndex({ piece, start, spans, bodyBytes });
}

function isInt(number: number): boolean {
  return number >= 0 && number < 2 ** 31;
}

function bad(message: string): { readonly ok: false; readonly error: WireError } {
  return err({ message, unknownSchema: false });
}
