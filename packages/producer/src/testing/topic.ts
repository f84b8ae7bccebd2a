import { randomBytes } from 'node:crypto';
import type { Span } from '@spanloom/span';
import { decodeSpans, decodeSpansRecord, decompress, partitionOf } from '@spanloom/wire';
import kafkajs from 'kafkajs';

export const partitions = 4;

/** A chunk as it was read back. */
export interface ReadChunk {
  readonly traceId: string;
  readonly spans: readonly Span[];
  readonly compression: string;
}

/** A topic `spans` of a test's own. */
export interface SpansTopic {
  readonly prefix: string;
  readonly brokers: readonly string[];
  /** How many are in it. */
  records(): Promise<number>;
  /** Every chunk in it. Throws where one is not what the assembler expects. */
  chunks(): Promise<ReadChunk[]>;
  discard(): Promise<void>;
}

export async function makeTopic(brokers: readonly string[]): Promise<SpansTopic> {
  const prefix = `t${randomBytes(5).toString('hex')}_`;
  const topic = `${prefix}spans`;
  const kafka = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: partitions }], waitForLeaders: true });
  async function records(): Promise<number> {
    const ends = await admin.fetchTopicOffsets(topic);
    return ends.reduce((sum, { high }) => sum + Number(high), 0);
  }
  return {
    prefix,
    brokers,
    records,
    async chunks() {
      let left = await records();
      if (left === 0) return [];
      const chunks: ReadChunk[] = [];
      const consumer = kafka.consumer({ groupId: `${prefix}${randomBytes(4).toString('hex')}`, maxWaitTimeInMs: 100 });
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      await new Promise<void>((resolve, reject) => {
        const eachMessage = ({ partition, message }: kafkajs.EachMessagePayload): Promise<void> => {
          try {
            chunks.push(readChunk(partition, message));
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
          if (--left === 0) resolve();
          return Promise.resolve();
        };
        consumer.run({ autoCommit: false, eachMessage }).catch(reject);
      });
      await consumer.disconnect();
      return chunks;
    },
    async discard() {
      await admin.deleteTopics({ topics: [topic] });
      await admin.disconnect();
    },
  };
}

function readChunk(partition: number, { key, value }: kafkajs.KafkaMessage): ReadChunk {
  const record = decodeSpansRecord(value ?? Buffer.alloc(0));
  if (!record.ok) throw new Error(record.error.message);
  const { traceId, codec, body, index } = record.value;
  if (key?.toString('hex') !== traceId) throw new Error('A chunk is not under its trace id.');
  if (partition !== partitionOf(key, partitions)) throw new Error('A chunk is not in the partition of its trace.');
  const plain = decompress(codec, body, index.bodyBytes);
  if (!plain.ok) throw new Error(plain.error.message);
  const spans = spansOf(plain.value);
  if (spans.length !== index.marks.length) throw new Error('The index does not agree with the body.');
  return { traceId, spans, compression: codec };
}

function spansOf(body: Uint8Array): Span[] {
  const spans = decodeSpans(body);
  if (!spans.ok) throw new Error(spans.error.message);
  return spans.value;
}
