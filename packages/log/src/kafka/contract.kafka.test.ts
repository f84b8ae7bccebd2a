import type {} from '@spanloom/engines';
import { inject } from 'vitest';
import { logContract } from '../testing/contract.ts';
import { makeKafkaTopics } from '../testing/kafka.ts';

logContract('The log on Kafka', async () => {
  const topics = await makeKafkaTopics(inject('kafka').brokers);
  return { log: await topics.open(), discard: topics.discard };
});
