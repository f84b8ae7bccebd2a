import { createRequire } from 'node:module';
import { partitionOf } from '@spanloom/wire';
import type { ChunkRecord } from '@spanloom/wire';
import kafkajs from 'kafkajs';
import type { Kafka, KafkaConfig, Message } from 'kafkajs';

/** A producer of kafkajs and what it must know of its topic. */
export interface Connection {
  /**
   * Resolves when all in-sync replicas have the records. After a rejection each of them may be there
   * or not, and the connection must not be used again: kafkajs would give their sequence numbers to
   * other records, which the broker then acknowledges without keeping them. Calls must not overlap.
   */
  send(records: readonly ChunkRecord[]): Promise<void>;
  close(): Promise<void>;
}

/** One attempt is short, so that it ends before the export does; the publisher makes others. */
const retry = { retries: 2, initialRetryTime: 100, maxRetryTime: 1000 };

/** `requestTimeoutMs`: how long an answer is waited for, unless the configuration says. */
export function connectTo(config: KafkaConfig, topic: string, requestTimeoutMs: number): () => Promise<Connection> {
  sleepWhereNothingWaits();
  const kafka = new kafkajs.Kafka({
    clientId: 'spanloom-producer',
    logLevel: kafkajs.logLevel.NOTHING,
    requestTimeout: requestTimeoutMs,
    retry,
    ...config,
  });
  return async () => {
    const partitions = await countPartitions(kafka, topic);
    const producer = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: () => (to) => to.message.partition ?? 0,
      retry,
    });
    try {
      await producer.connect();
    } catch (error) {
      await producer.disconnect();
      throw error;
    }
    return {
      async send(records) {
        const messages = records.map(({ key, value }): Message => {
          return { key: Buffer.from(key), value: Buffer.from(value), partition: partitionOf(key, partitions) };
        });
        await producer.send({ topic, acks: -1, messages });
      },
      close: () => producer.disconnect(),
    };
  };
}

async function countPartitions(kafka: Kafka, topic: string): Promise<number> {
  const admin = kafka.admin({ retry });
  try {
    await admin.connect();
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return topics[0]?.partitions.length ?? 0;
  } catch (error) {
    if (!(error instanceof kafkajs.KafkaJSProtocolError) || error.type !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error;
    throw new Error(`There is no topic ${topic} on these brokers. Is the prefix right?`, { cause: error });
  } finally {
    await admin.disconnect();
  }
}

const patched: unique symbol = Symbol.for('spanloom.sleepWhereNothingWaits');

interface RequestQueue {
  prototype: { scheduleCheckPendingRequests(this: { readonly pending: readonly unknown[] }): void; [patched]?: true };
}

/**
 * A connection of kafkajs 2.2.4 that was ever used sets a timer of a negative time, again and again:
 * 3 % of a core for an application that sends spans every few seconds. It needs one only where
 * requests wait.
 */
function sleepWhereNothingWaits(): void {
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as RequestQueue;
  if (prototype[patched] === true) return;
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function scheduleWhereSomethingWaits() {
    if (this.pending.length > 0) schedule.call(this);
  };
  prototype[patched] = true;
}
