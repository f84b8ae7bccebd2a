/** What the brokers tell of the topics. */
import kafkajs from 'kafkajs';
import { LogError } from '../../errors.ts';
import { typeOf } from '../client/errors.ts';
import type { Link } from '../client/link.ts';
import { readBounds, readRecords } from '../read/reading.ts';
import { sendRequest } from '../wire/request.ts';
import { METADATA_API, TOPIC_IDS_SINCE, topicIdRequest } from '../wire/topic-ids.ts';
import { streamTopicName, topicName } from './plan.ts';
import type { FoundTopic } from './problems.ts';
import { decodeStream, type StreamRecord, type TopicIds } from './stream-record.ts';

const READ_BYTES = 1024 * 1024;

/** Those of these topics that are there. */
export async function inspectTopics(admin: kafkajs.Admin, names: readonly string[]): Promise<FoundTopic[]> {
  const there = new Set(await admin.listTopics());
  const found = names.filter((name) => there.has(name));
  if (found.length === 0) return [];
  const { topics } = await admin.fetchTopicMetadata({ topics: found });
  const configs = await Promise.all(topics.map(({ name }) => readConfigs(admin, name)));
  return topics.map(({ name, partitions }, index) => ({
    name,
    partitions: partitions.length,
    replicationFactor: partitions[0]?.replicas.length ?? 0,
    configs: configs[index] ?? null,
  }));
}

async function readConfigs(admin: kafkajs.Admin, name: string): Promise<ReadonlyMap<string, string> | null> {
  try {
    const resources = [{ type: kafkajs.ConfigResourceTypes.TOPIC, name }];
    const described = await admin.describeConfigs({ resources, includeSynonyms: false });
    return new Map(described.resources[0]?.configEntries.map((entry) => [entry.configName, entry.configValue]));
  } catch (error) {
    if (typeOf(error) === 'TOPIC_AUTHORIZATION_FAILED') return null;
    throw error;
  }
}

/** The id that brokers gave a topic; null where they are older than ids, or there is no such topic. */
async function readTopicId(link: Link, name: string): Promise<string | null> {
  const broker = await link.any();
  if ((broker.versions?.[METADATA_API]?.maxVersion ?? 0) < TOPIC_IDS_SINCE) return null;
  try {
    return await sendRequest(broker.connectionPool, topicIdRequest(name));
  } catch (error) {
    link.failed(broker, error);
    throw error;
  }
}

export async function readTopicIds(link: Link, prefix: string): Promise<TopicIds> {
  const [spans, traces] = await Promise.all([
    readTopicId(link, topicName(prefix, 'spans')),
    readTopicId(link, topicName(prefix, 'traces')),
  ]);
  return { spans, traces };
}

/** The stream that the topic tells of, or null where it tells of none. The topic must be there. */
export async function readStream(link: Link, prefix: string): Promise<StreamRecord | null> {
  const where = { topic: streamTopicName(prefix), partition: 0 };
  const { low, high } = await readBounds(link, where);
  let found: StreamRecord | null = null;
  for (let from = low; from < high;) {
    const records = await readRecords(link, where, { from, maxBytes: READ_BYTES });
    const last = records.at(-1);
    if (last === undefined) throw new LogError(`${where.topic} ends at ${from}, and not at ${high}.`, true);
    found = decodeStream(where.topic, records) ?? found;
    from = last.offset + 1;
  }
  return found;
}
