/**
 * Fetch, version 11, without a session, of one topic:
 *
 *     request := replica:i32 (-1) maxWaitMs:i32 minBytes:i32 maxBytes:i32 isolation:i8 (uncommitted)
 *                session:i32 (0) epoch:i32 (-1)
 *                1:i32 topic:string count:i32 (partition:i32 leaderEpoch:i32 (-1) offset:i64
 *                low:i64 (-1) maxBytes:i32)*
 *                forgotten:i32 (0) rack:string
 *     answer  := throttleMs:i32 error:i16 session:i32
 *                count:i32 (topic:string count:i32 (partition:i32 error:i16 high:i64 stable:i64
 *                low:i64 aborted:i32 (producerId:i64 offset:i64)* replica:i32 bytes:i32 set)*)*
 *
 * A broker answers when it has `minBytes`, and at the latest after `maxWaitMs`. It gives at least
 * the first batch of a partition that has any, however large.
 */
import { Reader } from './bytes.ts';
import type { Request } from './request.ts';

const API = { key: 1, version: 11, name: 'Fetch' };

export interface Fetch {
  readonly topic: string;
  readonly partitions: readonly { readonly partition: number; readonly offset: number }[];
  readonly maxWaitMs: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly maxBytesPerPartition: number;
  readonly timeoutMs: number;
}

export interface Fetched {
  readonly partition: number;
  readonly error: number;
  readonly high: number;
  /** Whole record batches, and perhaps the beginning of another. */
  readonly set: Buffer;
}

export interface FetchAnswer {
  /** Of the request as a whole. */
  readonly error: number;
  readonly partitions: readonly Fetched[];
}

export function fetchRequest(fetch: Fetch): Request<FetchAnswer> {
  const { topic, partitions } = fetch;
  const topicBytes = Buffer.byteLength(topic);
  const body = Buffer.alloc(41 + topicBytes + partitions.length * 28);
  body.writeInt32BE(-1, 0);
  body.writeInt32BE(fetch.maxWaitMs, 4);
  body.writeInt32BE(fetch.minBytes, 8);
  body.writeInt32BE(fetch.maxBytes, 12);
  body.writeInt32BE(-1, 21);
  body.writeInt32BE(1, 25);
  body.writeInt16BE(topicBytes, 29);
  body.write(topic, 31);
  let at = 31 + topicBytes;
  at = body.writeInt32BE(partitions.length, at);
  for (const { partition, offset } of partitions) {
    at = body.writeInt32BE(partition, at);
    at = body.writeInt32BE(-1, at);
    at = body.writeBigInt64BE(BigInt(offset), at);
    at = body.writeBigInt64BE(-1n, at);
    at = body.writeInt32BE(fetch.maxBytesPerPartition, at);
  }
  return { api: API, encode: () => body, decode: decodeFetched, timeoutMs: fetch.timeoutMs };
}

function decodeFetched(answer: Buffer): FetchAnswer {
  const reader = new Reader(answer, 4);
  const error = reader.i16();
  reader.skip(4);
  const partitions: Fetched[] = [];
  for (let topics = reader.i32(); topics > 0; topics--) {
    reader.string();
    for (let left = reader.i32(); left > 0; left--) partitions.push(decodePartition(reader));
  }
  return { error, partitions };
}

function decodePartition(reader: Reader): Fetched {
  const partition = reader.i32();
  const error = reader.i16();
  const high = reader.i64();
  reader.skip(16);
  reader.skip(Math.max(reader.i32(), 0) * 16);
  reader.skip(4);
  return { partition, error, high, set: reader.bytes(Math.max(reader.i32(), 0)) };
}
