import { randomBytes } from 'node:crypto';
import kafkajs from 'kafkajs';
import type { CompressionTypes, IHeaders } from 'kafkajs';

export interface SourceRecord {
  readonly key?: string | Buffer;
  readonly value: Buffer | null;
  readonly partition?: number;
  readonly headers?: IHeaders;
}

/** Topics of a test's own on a real broker. */
export interface Source {
  /** Also the prefix of the group: nobody else's. */
  readonly prefix: string;
  readonly brokers: readonly string[];
  /** Makes a topic; the broker compresses anew to what `compression` says. Resolves to its name. */
  topic(options?: { readonly partitions?: number; readonly compression?: string }): Promise<string>;
  send(topic: string, records: readonly SourceRecord[], compression?: CompressionTypes): Promise<void>;
  /** What the input's group committed, summed over partitions; -1 a partition where nothing was. */
  committed(topic: string): Promise<number>;
  /** Lets the topic forget what lies below `offset` of its partition 0. */
  forget(topic: string, offset: number): Promise<void>;
  discard(): Promise<void>;
}

export async function openSource(brokers: readonly string[]): Promise<Source> {
  const prefix = `t${randomBytes(5).toString('hex')}_`;
  const kafka = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });
  const admin = kafka.admin();
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await admin.connect();
  await producer.connect();
  const topics: string[] = [];
  return {
    prefix,
    brokers,
    async topic({ partitions = 1, compression = 'producer' } = {}) {
      const topic = `${prefix}otlp_${topics.length}`;
      const configEntries = [{ name: 'compression.type', value: compression }];
      await admin.createTopics({ topics: [{ topic, numPartitions: partitions, configEntries }], waitForLeaders: true });
      topics.push(topic);
      return topic;
    },
    async send(topic, records, compression = kafkajs.CompressionTypes.None) {
      await producer.send({ topic, compression, messages: records.map((record) => ({ ...record })) });
    },
    async committed(topic) {
      const [offsets] = await admin.fetchOffsets({ groupId: `${prefix}gateway`, topics: [topic] });
      return (offsets?.partitions ?? []).reduce((sum, { offset }) => sum + Number(offset), 0);
    },
    async forget(topic, offset) {
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] });
    },
    async discard() {
      await producer.disconnect();
      await admin.deleteTopics({ topics });
      await admin.disconnect();
    },
  };
}
