/**
 * Produce, version 7, for one batch each of some partitions:
 *
 *     request := transactionalId:string (null) acks:i16 timeoutMs:i32
 *                topics:i32 { topic:string partitions:i32 { partition:i32 bytes:i32 batch } }
 *     answer  := topics:i32 { topic:string partitions:i32 { partition:i32 error:i16
 *                baseOffset:i64 appendTimeMs:i64 lowOffset:i64 } } throttleMs:i32
 */
import { type Place, nameOf } from '../place.ts';
import { Reader } from './bytes.ts';
import type { Request } from './request.ts';

const API = { key: 0, version: 7, name: 'Produce' };
const ALL_REPLICAS = -1;

/** At most one of a partition in a request. */
export interface PartitionBatch extends Place {
  readonly batch: Buffer;
}

export interface Produce {
  /** Asked when the connection is ready, immediately before they are handed to it; may throw to stop. */
  readonly batches: () => readonly PartitionBatch[];
  /** How long the broker waits for its replicas. */
  readonly timeoutMs: number;
}

export interface Produced {
  readonly error: number;
  readonly offset: number;
  readonly appendTimeMs: number;
}

/** Answers by the name of the partition, as {@link nameOf} makes it. */
export function produceRequest({ batches, timeoutMs }: Produce): Request<Map<string, Produced>> {
  return { api: API, encode: () => encodeProduce(batches(), timeoutMs), decode: decodeProduced };
}

function encodeProduce(batches: readonly PartitionBatch[], timeoutMs: number): Buffer {
  const byTopic = new Map<string, PartitionBatch[]>();
  for (const one of batches) {
    const ofTopic = byTopic.get(one.topic);
    if (ofTopic === undefined) byTopic.set(one.topic, [one]);
    else ofTopic.push(one);
  }
  let bytes = 12;
  for (const topic of byTopic.keys()) bytes += 6 + Buffer.byteLength(topic);
  for (const { batch } of batches) bytes += 8 + batch.length;
  const body = Buffer.allocUnsafe(bytes);
  body.writeInt16BE(-1, 0);
  body.writeInt16BE(ALL_REPLICAS, 2);
  body.writeInt32BE(timeoutMs, 4);
  let at = body.writeInt32BE(byTopic.size, 8);
  for (const [topic, partitions] of byTopic) {
    at = body.writeInt16BE(Buffer.byteLength(topic), at);
    at += body.write(topic, at);
    at = body.writeInt32BE(partitions.length, at);
    for (const { partition, batch } of partitions) {
      at = body.writeInt32BE(partition, at);
      at = body.writeInt32BE(batch.length, at);
      body.set(batch, at);
      at += batch.length;
    }
  }
  return body;
}

function decodeProduced(answer: Buffer): Map<string, Produced> {
  const reader = new Reader(answer, 0);
  const produced = new Map<string, Produced>();
  for (let topics = reader.i32(); topics > 0; topics--) {
    const topic = reader.string();
    for (let left = reader.i32(); left > 0; left--) {
      const partition = reader.i32();
      produced.set(nameOf({ topic, partition }), {
        error: reader.i16(),
        offset: reader.i64(),
        appendTimeMs: reader.i64(),
      });
      reader.skip(8);
    }
  }
  return produced;
}
