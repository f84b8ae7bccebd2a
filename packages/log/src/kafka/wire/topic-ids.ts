/**
 * Metadata, version 12, for the ids that brokers give topics when they are made: a topic that was
 * deleted and made again has another. kafkajs knows older versions only.
 *
 *     request := tags (0) count+1:uvarint (id:16 bytes (0) name:compact tags)*
 *                create:bool operations:bool tags
 *     answer  := tags throttleMs:i32 count+1:uvarint (broker:i32 host:compact port:i32 rack:compact tags)*
 *                cluster:compact controller:i32 count+1:uvarint (error:i16 name:compact id:16 bytes …)*
 *     compact := bytes+1:uvarint (0: null) byte*
 *
 * Asked for one topic at a time, so that what follows its id need not be read.
 */
import { Reader } from './bytes.ts';
import type { Request } from './request.ts';

const API = { key: 3, version: 12, name: 'Metadata' };
const ID_BYTES = 16;

export const METADATA_API: number = API.key;
/** Brokers know ids of topics from version 10 on, Kafka 2.8. */
export const TOPIC_IDS_SINCE: number = API.version;

/** The id of the topic in hexadecimal, or null where there is no such topic. */
export function topicIdRequest(topic: string): Request<string | null> {
  const name = Buffer.from(topic);
  // Names of topics have at most 249 characters, so their length may take two bytes.
  const length = name.length + 1 < 0x80 ? [name.length + 1] : [(name.length + 1) | 0x80, (name.length + 1) >>> 7];
  const body = Buffer.concat([
    Buffer.from([0, 2]),
    Buffer.alloc(ID_BYTES),
    Buffer.from(length.map((byte) => byte & 0xff)),
    name,
    Buffer.from([0, 0, 0, 0]),
  ]);
  return { api: API, encode: () => body, decode: decodeTopicId };
}

function decodeTopicId(answer: Buffer): string | null {
  const reader = new Reader(answer, 1);
  reader.skip(4);
  for (let brokers = reader.uvarint() - 1; brokers > 0; brokers--) {
    reader.skip(4);
    skipCompact(reader);
    reader.skip(4);
    skipCompact(reader);
    skipTags(reader);
  }
  skipCompact(reader);
  reader.skip(4);
  if (reader.uvarint() < 2) return null;
  const error = reader.i16();
  skipCompact(reader);
  const id = reader.bytes(ID_BYTES).toString('hex');
  return error === 0 ? id : null;
}

function skipCompact(reader: Reader): void {
  reader.skip(Math.max(reader.uvarint() - 1, 0));
}

function skipTags(reader: Reader): void {
  for (let tags = reader.uvarint(); tags > 0; tags--) {
    reader.uvarint();
    reader.skip(reader.uvarint());
  }
}
