import { logContract } from '../testing/contract.ts';
import { makeKafkaTopics, sharedBrokers } from '../testing/kafka.ts';

logContract('The log on Kafka', async () => {
  const topics = await makeKafkaTopics(sharedBrokers());
  return { log: await topics.open(), discard: topics.discard };
});
