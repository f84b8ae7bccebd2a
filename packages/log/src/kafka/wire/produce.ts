/**
 * Produce, version 7, for one batch of one partition:
 *
 *     request := transactionalId:string (null) acks:i16 timeoutMs:i32
 *                1:i32 topic:string 1:i32 partition:i32 bytes:i32 batch
 *     answer  := 1:i32 topic:string 1:i32 partition:i32 error:i16
 *                baseOffset:i64 appendTimeMs:i64 lowOffset:i64 throttleMs:i32
 */
import { Reader } from './bytes.ts';
import type { Request } from './request.ts';

const API = { key: 0, version: 7, name: 'Produce' };
const ALL_REPLICAS = -1;

export interface Produce {
  readonly topic: string;
  readonly partition: number;
  readonly batch: Buffer;
  /** How long the broker waits for its replicas. */
  readonly timeoutMs: number;
  readonly beforeSend?: () => void;
}

export interface Produced {
  readonly error: number;
  readonly offset: number;
  readonly appendTimeMs: number;
}

export function produceRequest(produce: Produce): Request<Produced> {
  const { topic, partition, batch, timeoutMs, beforeSend } = produce;
  const topicBytes = Buffer.byteLength(topic);
  const body = Buffer.allocUnsafe(26 + topicBytes + batch.length);
  body.writeInt16BE(-1, 0);
  body.writeInt16BE(ALL_REPLICAS, 2);
  body.writeInt32BE(timeoutMs, 4);
  body.writeInt32BE(1, 8);
  body.writeInt16BE(topicBytes, 12);
  body.write(topic, 14);
  const at = 14 + topicBytes;
  body.writeInt32BE(1, at);
  body.writeInt32BE(partition, at + 4);
  body.writeInt32BE(batch.length, at + 8);
  body.set(batch, at + 12);
  return {
    api: API,
    body,
    decode: decodeProduced,
    ...(beforeSend === undefined ? {} : { beforeSend }),
  };
}

function decodeProduced(answer: Buffer): Produced {
  const reader = new Reader(answer, 4);
  reader.string();
  reader.skip(8);
  return { error: reader.i16(), offset: reader.i64(), appendTimeMs: reader.i64() };
}
