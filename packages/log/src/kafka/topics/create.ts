import type { Admin } from 'kafkajs';
import type { Clock } from '@spanloom/span';
import { LogError } from '../../errors.ts';
import { createAppender } from '../append/appender.ts';
import type { KafkaConnection } from '../client/connection.ts';
import { toLogError } from '../client/errors.ts';
import { createKafka } from '../client/kafkajs.ts';
import { openLink, type Link } from '../client/link.ts';
import { retrying, type Patience } from '../client/retry.ts';
import { readBounds } from '../read/reading.ts';
import { checkTopics } from './check.ts';
import { readStream, readTopicIds } from './inspect.ts';
import {
  MAX_BATCH_BYTES,
  plannedTopics,
  streamTopicName,
  topicName,
  type PlannedTopic,
  type TopicOptions,
} from './plan.ts';
import { encodeStream, madeAnew, type StreamRecord } from './stream-record.ts';

export interface CreateTopicsOptions extends TopicOptions {
  readonly connection: KafkaConnection;
  readonly clock: Clock;
  /** Random bytes, for the stream's id. */
  readonly random: (bytes: number) => Uint8Array;
  /**
   * Begins another stream where there is one: after its topics were deleted, or were deleted and
   * made again. What the old one held that is not stored yet is given up.
   */
  readonly newStream?: boolean;
  readonly patienceMs?: number;
  readonly onWarning?: (message: string) => void;
}

export interface CreatedTopics {
  readonly stream: StreamRecord;
  /** Names of those that were made now. */
  readonly created: readonly string[];
}

/** 6 bytes: one in 2.8 · 10¹⁴ that two streams share an id. */
const ID_BYTES = 6;
const PATIENCE_MS = 30_000;

/**
 * Makes the topics that are missing, and the stream where there is none; then checks all of them.
 * @throws LogError, not retryable, where what is there is not as it must be, or another stream
 * would begin without having been asked for.
 */
export async function createTopics(options: CreateTopicsOptions): Promise<CreatedTopics> {
  const { connection, clock } = options;
  const patience = { clock, untilMs: clock.now() + (options.patienceMs ?? PATIENCE_MS) };
  const admin = createKafka(connection).admin();
  try {
    await retrying('Connecting to Kafka', patience, () => admin.connect());
    const there = new Set(await retrying('Listing topics', patience, () => admin.listTopics()));
    const before = await streamBefore(options, there, patience);
    assertMayBegin(options, there, before);
    const missing = plannedTopics(options).filter(({ name }) => !there.has(name));
    await retrying('Making topics', patience, () => makeTopics(admin, missing));
    await retrying('Making the stream', patience, () => ensureStream(options, before, missing));
    return { stream: await checkTopics(options), created: missing.map(({ name }) => name) };
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

async function streamBefore(
  { connection, prefix }: CreateTopicsOptions,
  there: ReadonlySet<string>,
  patience: Patience,
): Promise<StreamRecord | null> {
  const topic = streamTopicName(prefix);
  if (!there.has(topic)) return null;
  const link = openLink(connection, [topic]);
  try {
    return await retrying('Reading the stream', patience, () => readStream(link, prefix));
  } finally {
    await link.close();
  }
}

/** Half of a stream cannot be told from a mistake. */
function assertMayBegin(options: CreateTopicsOptions, there: ReadonlySet<string>, before: StreamRecord | null): void {
  const { prefix, newStream, partitions } = options;
  const names = [topicName(prefix, 'spans'), topicName(prefix, 'traces')];
  const gone = names.filter((name) => !there.has(name));
  if (before === null && gone.length !== 1) return;
  if (gone.length === 1) {
    throw new LogError(
      `Of the topics ${names.join(' and ')}, ${gone.join('')} is missing, and offsets of the one stand in the other. ` +
        'To begin anew, delete the other, too, and run: spanloom migrate --new-stream',
      false,
    );
  }
  if (gone.length === 2 && newStream !== true) {
    throw new LogError(
      `The topics of stream ${before?.id} were deleted. To begin another one, run: spanloom migrate --new-stream`,
      false,
    );
  }
  if (gone.length === 0 && before !== null && before.partitions !== partitions && newStream !== true) {
    throw new LogError(
      `Stream ${before.id} has ${before.partitions} partitions and was asked for with ${partitions}. The count of a ` +
        `stream never changes: ask for ${before.partitions}, or delete its topics and run: spanloom migrate --new-stream`,
      false,
    );
  }
}

async function makeTopics(admin: Admin, missing: readonly PlannedTopic[]): Promise<void> {
  for (const { name, partitions, replicationFactor, configs } of missing) {
    const configEntries = Object.entries(configs).map(([setting, value]) => ({ name: setting, value }));
    try {
      // False where somebody else made it meanwhile; then it is checked like any other.
      await admin.createTopics({
        topics: [{ topic: name, numPartitions: partitions, replicationFactor, configEntries }],
        waitForLeaders: true,
      });
    } catch (error) {
      throw toLogError(`Making the topic ${name}`, reasonOf(error));
    }
  }
}

/** kafkajs wraps what a broker says of each topic. */
function reasonOf(error: unknown): unknown {
  const wrapped = error instanceof Error && 'errors' in error && Array.isArray(error.errors);
  return wrapped ? (error.errors as unknown[])[0] : error;
}

async function ensureStream(
  options: CreateTopicsOptions,
  before: StreamRecord | null,
  made: readonly PlannedTopic[],
): Promise<void> {
  const { connection, prefix, clock, newStream } = options;
  const spans = topicName(prefix, 'spans');
  const link = openLink(connection, [spans, topicName(prefix, 'traces'), streamTopicName(prefix)]);
  try {
    const topicIds = await readTopicIds(link, prefix);
    const isNew = made.some(({ name }) => name === spans);
    if (before !== null && !isNew && !madeAnew(before, topicIds)) return;
    if (before !== null && newStream !== true) {
      throw new LogError(
        `The topics of stream ${before.id} were deleted and made again. To begin another one, run: ` +
          'spanloom migrate --new-stream',
        false,
      );
    }
    if (before === null && !isNew && newStream !== true) await assertUnused(link, options);
    const cut = { ...options.cut, staggered: true };
    const partitions = (await link.partitions(spans)).length;
    const id = Buffer.from(options.random(ID_BYTES)).toString('hex');
    const appender = createAppender({ links: [link], clock, patienceMs: PATIENCE_MS, maxBatchBytes: MAX_BATCH_BYTES });
    const where = { topic: streamTopicName(prefix), partition: 0 };
    await appender.append(where, [encodeStream({ id, partitions, cut, topicIds })]);
  } finally {
    await link.close();
  }
}

/** Topics that an administrator made become the stream's; those that held one whose record is lost do not. */
async function assertUnused(link: Link, { prefix }: CreateTopicsOptions): Promise<void> {
  for (const topic of ['spans', 'traces'] as const) {
    const name = topicName(prefix, topic);
    for (const partition of await link.partitions(name)) {
      if ((await readBounds(link, { topic: name, partition })).high === 0) continue;
      throw new LogError(
        `The topic ${name} holds records, but nothing says of which stream. Under a new one they are assembled and ` +
          'stored again, whether they were before or not. To do so, run: spanloom migrate --new-stream',
        false,
      );
    }
  }
}
