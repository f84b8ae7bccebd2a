import { randomBytes } from 'node:crypto';
import type { SharedKafka } from '@spanloom/engines';
import { inject } from 'vitest';
import { createTopics, type CreateTopicsOptions } from '../kafka/topics/create.ts';
import { openKafkaLog, type KafkaLog, type KafkaLogOptions } from '../kafka/log.ts';
import { createKafka } from '../kafka/client/kafkajs.ts';
import type { KafkaConnection } from '../kafka/client/connection.ts';
import { machineClock } from './clock.ts';

/** Topics of a test's own on a real broker, with logs on them. */
export interface KafkaTopics {
  readonly connection: KafkaConnection;
  readonly prefix: string;
  open(options?: Partial<KafkaLogOptions>): Promise<KafkaLog>;
  /** Closes what is open and deletes the topics. */
  discard(): Promise<void>;
}

/** Of the broker that all test files share. */
export function sharedBrokers(): readonly string[] {
  const { brokers }: SharedKafka = inject('kafka');
  return brokers;
}

const CUT = { intervalMs: 1_000, maxSpans: 100_000, maxBytes: 64_000_000 };

export function topicOptions(
  connection: KafkaConnection,
  more: Partial<CreateTopicsOptions> = {},
): CreateTopicsOptions {
  return {
    connection,
    clock: machineClock,
    random: randomBytes,
    prefix: `test_${randomBytes(4).toString('hex')}_`,
    partitions: 2,
    replicationFactor: 1,
    minInsyncReplicas: 1,
    retentionMs: 86_400_000,
    cut: CUT,
    ...more,
  };
}

export async function makeKafkaTopics(
  brokers: readonly string[] | KafkaConnection,
  more: Partial<CreateTopicsOptions> = {},
): Promise<KafkaTopics> {
  const connection = 'brokers' in brokers ? brokers : { brokers, clientId: 'test' };
  const options = topicOptions(connection, more);
  const { prefix } = options;
  await createTopics(options);
  const opened: KafkaLog[] = [];
  return {
    connection,
    prefix,
    async open(given = {}) {
      const log = await openKafkaLog({ connection, prefix, clock: machineClock, sessionTimeoutMs: 6_000, ...given });
      opened.push(log);
      return log;
    },
    async discard() {
      await Promise.all(opened.map((log) => log.close()));
      await deleteTopics(connection, prefix);
    },
  };
}

export async function deleteTopics(connection: KafkaConnection, prefix: string): Promise<void> {
  const admin = createKafka(connection).admin();
  await admin.connect();
  const topics = (await admin.listTopics()).filter((name) => name.startsWith(prefix));
  if (topics.length > 0) await admin.deleteTopics({ topics });
  await admin.disconnect();
}
