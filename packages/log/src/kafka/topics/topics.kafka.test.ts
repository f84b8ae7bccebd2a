import type { Admin } from 'kafkajs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { OutOfRangeError } from '../../errors.ts';
import { deleteTopics, makeKafkaTopics, topicOptions, sharedBrokers, type KafkaTopics } from '../../testing/kafka.ts';
import { recordedWorkers } from '../../testing/worker.ts';
import { createKafka } from '../client/kafkajs.ts';
import { openKafkaLog, openKafkaLogReader } from '../log.ts';
import { checkTopics } from './check.ts';
import { createTopics } from './create.ts';
import { plannedTopics } from './plan.ts';

const connection = { brokers: sharedBrokers(), clientId: 'test' };
const PATIENCE = { timeout: 30_000, interval: 20 };

let options = topicOptions(connection);
let admin: Admin;

beforeEach(async () => {
  options = topicOptions(connection);
  admin = createKafka(connection).admin();
  await admin.connect();
});
afterEach(async () => {
  await deleteTopics(connection, options.prefix);
  await admin.disconnect();
});

const check = (): Promise<unknown> => checkTopics({ ...options, patienceMs: 2_000 });
const open = (): Promise<unknown> => openKafkaLog({ ...options, sessionTimeoutMs: 6_000, patienceMs: 2_000 });

/** Waits: brokers delete in the background. */
async function deleteNow(...names: string[]): Promise<void> {
  await admin.deleteTopics({ topics: names });
  await vi.waitFor(async () => {
    const there = await admin.listTopics();
    expect(names.filter((name) => there.includes(name))).toEqual([]);
  }, PATIENCE);
}

async function makePlanned(change: (name: string) => Readonly<Record<string, string>>): Promise<void> {
  await admin.createTopics({
    topics: plannedTopics(options).map(({ name, partitions, replicationFactor, configs }) => ({
      topic: name,
      numPartitions: partitions,
      replicationFactor,
      configEntries: Object.entries({ ...configs, ...change(name) }).map(([key, value]) => ({ name: key, value })),
    })),
  });
}

it('makes the topics once, and keeps the stream', async () => {
  const first = await createTopics(options);
  const { prefix } = options;
  expect(first.created).toEqual([`${prefix}spans`, `${prefix}traces`, `${prefix}spans.dlq`, `${prefix}spans.stream`]);
  const cut = { ...options.cut, staggered: true };
  expect(first.stream).toMatchObject({ partitions: 2, cut });
  const second = await createTopics({ ...options, cut: { ...options.cut, maxSpans: 5 } });
  expect(second).toEqual({ created: [], stream: first.stream });
  const reader = await openKafkaLogReader(options);
  expect(reader.stream).toEqual({ id: first.stream.id, partitions: 2, cut });
  await reader.close();
});

it('takes topics that an administrator made as planned, while they hold nothing', async () => {
  await makePlanned(() => ({}));
  await expect(open()).rejects.toMatchObject({
    retryable: false,
    message: expect.stringContaining('Run: spanloom migrate') as string,
  });
  const { created, stream } = await createTopics(options);
  expect(created).toEqual([]);
  expect(stream.partitions).toBe(2);
});

it('says which topic is missing', async () => {
  await createTopics(options);
  await deleteNow(`${options.prefix}spans.dlq`);
  await expect(open()).rejects.toMatchObject({
    retryable: false,
    message: `The topic ${options.prefix}spans.dlq is missing. Run: spanloom migrate`,
  });
  expect((await createTopics(options)).created).toEqual([`${options.prefix}spans.dlq`]);
});

it('names every setting that is wrong, what it is, and what it must be', async () => {
  const { prefix } = options;
  await makePlanned((name) =>
    name === `${prefix}traces`
      ? { 'message.timestamp.type': 'CreateTime', 'retention.ms': '1000', 'max.message.bytes': '1000000' }
      : {},
  );
  await admin.createPartitions({ topicPartitions: [{ topic: `${prefix}traces`, count: 3 }] });
  const refused: unknown = await createTopics(options).catch((error: unknown) => error);
  expect(refused).toMatchObject({ name: 'LogError', retryable: false });
  const { message } = refused as Error;
  expect(message).toContain(`${prefix}traces has 3 partitions, and must have 2`);
  expect(message).toContain(`${prefix}traces has message.timestamp.type = CreateTime, and must have LogAppendTime`);
  expect(message).toContain(`${prefix}traces has max.message.bytes = 1000000, and must have at least 4325376`);
  expect(message).toContain(`${prefix}traces has retention.ms = 1000, and must have at least 86400000`);
  expect(message.split('\n')).toHaveLength(4);
});

it('notices topics that were made anew, and begins another stream only when asked to', async () => {
  const { stream } = await createTopics(options);
  const { prefix } = options;
  const [spans, traces] = [`${prefix}spans`, `${prefix}traces`];
  await deleteNow(spans);
  await expect(check()).rejects.toThrow(`The topic ${spans} is missing. Run: spanloom migrate`);
  await expect(createTopics(options)).rejects.toThrow(`${spans} is missing, and offsets of the one stand in the other`);
  await deleteNow(traces);
  await expect(createTopics(options)).rejects.toThrow(`The topics of stream ${stream.id} were deleted.`);
  const planned = plannedTopics(options).filter(({ name }) => name === spans || name === traces);
  await admin.createTopics({
    topics: planned.map(({ name, partitions, configs }) => ({
      topic: name,
      numPartitions: partitions,
      configEntries: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
    })),
  });
  await expect(check()).rejects.toMatchObject({
    retryable: false,
    message: expect.stringContaining(`were made anew: they are not those of stream ${stream.id}`) as string,
  });
  await expect(createTopics(options)).rejects.toThrow('spanloom migrate --new-stream');
  const again = await createTopics({ ...options, newStream: true });
  expect(again.stream.id).not.toBe(stream.id);
  // Asked again, by a script perhaps, it stays.
  expect((await createTopics({ ...options, newStream: true })).stream).toEqual(again.stream);
});

it('does not give another name to what a stream holds whose record is lost', async () => {
  await createTopics(options);
  const log = await openKafkaLog({ ...options, sessionTimeoutMs: 6_000 });
  await log.append('spans', 1, [{ key: null, value: null }]);
  await log.close();
  await deleteNow(`${options.prefix}spans.stream`);
  await expect(createTopics(options)).rejects.toThrow(`${options.prefix}spans holds records`);
});

it('refuses another number of partitions', async () => {
  await createTopics(options);
  await expect(createTopics({ ...options, partitions: 4 })).rejects.toThrow(
    'has 2 partitions and was asked for with 4',
  );
});

it('says why brokers do not make a topic', async () => {
  await expect(createTopics({ ...options, replicationFactor: 3 })).rejects.toMatchObject({
    retryable: false,
    message: expect.stringContaining(
      `Making the topic ${options.prefix}spans: Replication-factor is invalid`,
    ) as string,
  });
});

it('says so when no broker answers', async () => {
  const nowhere = { ...options, connection: { brokers: ['127.0.0.1:1'], clientId: 'test' }, patienceMs: 300 };
  await expect(checkTopics(nowhere)).rejects.toMatchObject({ name: 'LogError', retryable: true });
});

it('never resets: a worker that the log start has passed begins again, one beyond the end refuses', async () => {
  const topics: KafkaTopics = await makeKafkaTopics(connection.brokers, { prefix: options.prefix });
  const log = await topics.open();
  for (let n = 0; n < 4; n++) await log.append('spans', 0, [{ key: null, value: null }]);
  // It knows the leaders of topics only that it was asked about.
  await admin.fetchTopicOffsets(`${options.prefix}spans`);
  await admin.deleteTopicRecords({ topic: `${options.prefix}spans`, partitions: [{ partition: 0, offset: '3' }] });
  await vi.waitFor(async () => expect((await log.bounds('spans', 0)).low).toBe(3), PATIENCE);
  const expired = await log.read('spans', 0, 1).catch((error: unknown) => error);
  expect(expired).toBeInstanceOf(OutOfRangeError);
  expect(expired).toMatchObject({ offset: 1, low: 3, high: 4 });

  const retried: string[] = [];
  let position = 1;
  const late = recordedWorkers({ open: (partition) => (partition === 0 ? position : 0) });
  const onRetry = (_: number, error: Error): void => {
    retried.push(error.name);
    position = 3;
  };
  const member = await log.join({ group: 'late', topic: 'spans', worker: late.worker, idleMs: 50, onRetry });
  await vi.waitFor(() => expect(late.processed.get(0)).toEqual([3]), PATIENCE);
  expect(retried).toEqual(['OutOfRangeError']);
  await member.leave();

  const beyond = recordedWorkers({ open: () => 99 });
  const lost = await log.join({ group: 'beyond', topic: 'spans', worker: beyond.worker, idleMs: 50 });
  await expect(lost.ended).rejects.toThrow(/99 is outside/);
  expect(await log.committed('late', 'spans', 0)).toBeNull();
  await log.close();
});

it('notices at work that the topics were made anew: what reads ends, what appends is refused', async () => {
  await createTopics(options);
  const { prefix } = options;
  const log = await openKafkaLog({ ...options, sessionTimeoutMs: 6_000, patienceMs: 10_000 });
  await log.append('spans', 0, [
    { key: null, value: null },
    { key: null, value: null },
  ]);
  const workers = recordedWorkers();
  const member = await log.join({ group: 'assembler', topic: 'spans', worker: workers.worker, idleMs: 50 });
  const ended = member.ended.catch((error: unknown) => error);
  await vi.waitFor(() => expect(workers.processed.get(0)).toEqual([0, 1]), PATIENCE);
  await deleteNow(`${prefix}spans`, `${prefix}traces`);
  await createTopics({ ...options, newStream: true });
  await expect(log.append('spans', 0, [{ key: null, value: null }])).rejects.toMatchObject({
    retryable: false,
    message: expect.stringContaining('was made anew') as string,
  });
  expect(await ended).toMatchObject({ name: expect.stringMatching(/LogError|OutOfRangeError/) as string });
  await log.close();
});
