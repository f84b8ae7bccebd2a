import { UserError } from '@spanloom/runtime';
import type { Clock } from '@spanloom/span';
import kafkajs from 'kafkajs';
import type { Admin, Kafka } from 'kafkajs';
import type { Position } from './positions.ts';

export interface LookUpOptions {
  readonly kafka: Kafka;
  readonly clock: Clock;
}

/** A coordinator that loads, or has just moved, answers within seconds; kafkajs' admin does not wait for it. */
const tries = 30;
const pauseMs = 500;

/** Asks on a connection of its own and closes it: kafkajs burns CPU on an idle one. */
async function withAdmin<Answer>(
  { kafka, clock }: LookUpOptions,
  ask: (admin: Admin) => Promise<Answer>,
): Promise<Answer> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    for (let left = tries; ; left--) {
      try {
        return await ask(admin);
      } catch (error) {
        if (left === 0 || !(error instanceof kafkajs.KafkaJSProtocolError && error.retriable)) throw error;
        await clock.sleep(pauseMs);
      }
    }
  } finally {
    await admin.disconnect();
  }
}

/** Where the group stands in every partition of the topics. Rejects with a {@link UserError} where one is missing. */
export function lookUpGroup(options: LookUpOptions, groupId: string, topics: readonly string[]): Promise<Position[]> {
  return withAdmin(options, async (admin) => {
    const existing = await admin.listTopics();
    const missing = topics.find((topic) => !existing.includes(topic));
    if (missing !== undefined) {
      throw new UserError(`The topic ${missing}, which kafka-input-topics names, is not on these brokers.`, {
        hint: 'Make it, or let a collector write to it first; then start again.',
      });
    }
    const committed = await admin.fetchOffsets({ groupId, topics: [...topics] });
    const positions: Position[] = [];
    for (const { topic, partitions } of committed) {
      const bounds = await boundsOf(admin, topic);
      for (const { partition, offset } of partitions) {
        const { low, high } = bounds.get(partition) ?? { low: 0, high: 0 };
        positions.push({ topic, partition, next: Number(offset), low, high });
      }
    }
    return positions;
  });
}

/** What a partition holds now. */
export function lookUpBounds(
  options: LookUpOptions,
  topic: string,
  partition: number,
): Promise<{ readonly low: number; readonly high: number }> {
  return withAdmin(options, async (admin) => (await boundsOf(admin, topic)).get(partition) ?? { low: 0, high: 0 });
}

async function boundsOf(admin: Admin, topic: string): Promise<Map<number, { low: number; high: number }>> {
  const offsets = await admin.fetchTopicOffsets(topic);
  return new Map(offsets.map(({ partition, low, high }) => [partition, { low: Number(low), high: Number(high) }]));
}
