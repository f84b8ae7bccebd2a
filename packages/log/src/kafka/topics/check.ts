import type { Clock } from '@spanloom/span';
import { LogError } from '../../errors.ts';
import type { KafkaConnection } from '../client/connection.ts';
import { createKafka } from '../client/kafkajs.ts';
import { openLink, type Link } from '../client/link.ts';
import { retrying } from '../client/retry.ts';
import { inspectTopics, readStream, readTopicIds } from './inspect.ts';
import { streamTopicName, topicName } from './plan.ts';
import { describeProblems, findProblems } from './problems.ts';
import { madeAnew, type StreamRecord } from './stream-record.ts';

export interface CheckTopicsOptions {
  readonly connection: KafkaConnection;
  readonly prefix: string;
  readonly clock: Clock;
  /** How long brokers that do not answer yet are asked again. 30,000 unless said. */
  readonly patienceMs?: number;
  /** Told what should be otherwise but stops nothing. */
  readonly onWarning?: (message: string) => void;
}

const PATIENCE_MS = 30_000;

/**
 * Compares the topics with what they must be.
 * @returns the stream that they hold.
 * @throws LogError, not retryable, that says what is missing or wrong, and what to do about it;
 * retryable where the brokers did not answer in time.
 */
export async function checkTopics(options: CheckTopicsOptions): Promise<StreamRecord> {
  const { connection, clock, prefix } = options;
  const patience = { clock, untilMs: clock.now() + (options.patienceMs ?? PATIENCE_MS) };
  // Of the others, each may be missing, and then it is said which.
  const link = openLink(connection, [streamTopicName(prefix)]);
  try {
    return await retrying('Checking the topics', patience, () => check(options, link));
  } finally {
    await link.close();
  }
}

async function check({ connection, prefix, onWarning }: CheckTopicsOptions, link: Link): Promise<StreamRecord> {
  const admin = createKafka(connection).admin();
  try {
    await admin.connect();
    const names = (['spans', 'traces', 'spans.dlq'] as const).map((topic) => topicName(prefix, topic));
    const found = await inspectTopics(admin, [...names, streamTopicName(prefix)]);
    const stream = found.some(({ name }) => name === streamTopicName(prefix)) ? await readStream(link, prefix) : null;
    const spans = found.find(({ name }) => name === topicName(prefix, 'spans'));
    const partitions = stream?.partitions ?? spans?.partitions ?? 0;
    const { problems, warnings } = findProblems(found, { prefix, partitions });
    if (problems.length > 0) throw new LogError(describeProblems(problems), false);
    for (const warning of warnings) onWarning?.(warning);
    if (stream === null) {
      throw new LogError(`The topic ${streamTopicName(prefix)} says nothing of a stream. Run: spanloom migrate`, false);
    }
    await assertSame(link, prefix, stream);
    return stream;
  } finally {
    await admin.disconnect();
  }
}

/** @throws LogError, not retryable, where the topics are known to be others than those of the stream. */
export async function assertSame(link: Link, prefix: string, stream: StreamRecord): Promise<void> {
  if (madeAnew(stream, await readTopicIds(link, prefix))) {
    throw new LogError(
      `The topics ${topicName(prefix, 'spans')} and ${topicName(prefix, 'traces')} were made anew: they are not those ` +
        `of stream ${stream.id}, whose chunks are known by their offsets. Run: spanloom migrate --new-stream`,
      false,
    );
  }
}
