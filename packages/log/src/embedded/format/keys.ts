/**
 * The keys of the log's database, in the order they sort:
 *
 *     stream    := 00                                    → JSON: format, id, partitions
 *     tail      := 01 place                              → see encodeTail
 *     commit    := 02 place group:utf8                   → offset:f64 metadata:utf8
 *     block     := 03 place base:u64 appendTimeMs:u64 count:u32 bytes:u32  → see block.ts
 *     place     := topic:u8 partition:u16
 *
 * All numbers are big-endian, so that walking the keys of a place upwards is reading its offsets in
 * order. A block's key says what is in it: bounds, retention and the search by time read keys alone.
 */
import type { Topic } from '../../port.ts';

/** The number of a topic in keys; never reused. */
const TOPIC_NUMBERS: Readonly<Record<Topic, number>> = { spans: 0, traces: 1, 'spans.dlq': 2 };

export const TOPICS: readonly Topic[] = ['spans', 'traces', 'spans.dlq'];

/** A partition of a topic. */
export interface Place {
  readonly topic: Topic;
  readonly partition: number;
}

/** For maps and messages: `spans/3`. */
export function placeName({ topic, partition }: Place): string {
  return `${topic}/${partition}`;
}

/** One entry of the database: neighbouring records with one append time. */
export interface BlockKey {
  /** Offset of the first record. */
  readonly base: number;
  readonly appendTimeMs: number;
  /** Records in it. */
  readonly count: number;
  /** Size of the value. */
  readonly bytes: number;
}

export const STREAM_KEY: Buffer = Buffer.from([0]);

function place(kind: number, { topic, partition }: Place, moreBytes: number): Buffer {
  const key = Buffer.alloc(4 + moreBytes);
  key[0] = kind;
  key[1] = TOPIC_NUMBERS[topic];
  key.writeUInt16BE(partition, 2);
  return key;
}

export function tailKey(where: Place): Buffer {
  return place(1, where, 0);
}

export function commitKey(group: string, where: Place): Buffer {
  return Buffer.concat([place(2, where, 0), Buffer.from(group)]);
}

/** Sorts before every block whose base is `offset` or more, and after all others of the place. */
export function blocksFrom(where: Place, offset: number): Buffer {
  const key = place(3, where, 8);
  key.writeBigUInt64BE(BigInt(offset), 4);
  return key;
}

/** Sorts after every block of the place. */
export function blocksEnd(where: Place): Buffer {
  return Buffer.concat([place(3, where, 0), Buffer.alloc(25, 0xff)]);
}

export function blockKey(where: Place, block: BlockKey): Buffer {
  const key = place(3, where, 24);
  key.writeBigUInt64BE(BigInt(block.base), 4);
  key.writeBigUInt64BE(BigInt(block.appendTimeMs), 12);
  key.writeUInt32BE(block.count, 20);
  key.writeUInt32BE(block.bytes, 24);
  return key;
}

export function parseBlockKey(key: Uint8Array): BlockKey {
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
  return {
    base: Number(view.getBigUint64(4)),
    appendTimeMs: Number(view.getBigUint64(12)),
    count: view.getUint32(20),
    bytes: view.getUint32(24),
  };
}
