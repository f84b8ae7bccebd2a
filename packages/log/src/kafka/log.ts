import type { Clock } from '@spanloom/span';
import { LogError } from '../errors.ts';
import type { Bounds, Committed, CutStream, JoinOptions, Log, LogRecord, Membership, Topic } from '../port.ts';
import { createAppender } from './append/appender.ts';
import type { KafkaConnection } from './client/connection.ts';
import { REQUEST_TIMEOUT_MS } from './client/kafkajs.ts';
import { openLink, type Link } from './client/link.ts';
import { retrying } from './client/retry.ts';
import { startMembership } from './group/membership.ts';
import { nameOf, type Place } from './place.ts';
import { createFetcher, FETCH_SIZES, type FetchSizes } from './read/fetcher.ts';
import { findTime, readBounds, readRecords } from './read/reading.ts';
import { assertSame, checkTopics } from './topics/check.ts';
import { MAX_BATCH_BYTES, topicName } from './topics/plan.ts';
import type { StreamRecord } from './topics/stream-record.ts';

const DEFAULT_READ_BYTES = 4 * 1024 * 1024;
const PATIENCE_MS = 30_000;
/** Two, so that a slow acknowledgement does not hold up every partition. More brought nothing. */
const APPEND_LINKS = 2;

export interface KafkaReaderOptions {
  readonly connection: KafkaConnection;
  /** Put before the names of topics and groups. */
  readonly prefix: string;
  readonly clock: Clock;
  /** How long brokers that do not answer are asked again before a call rejects, retryably. 30,000 unless said. */
  readonly patienceMs?: number;
  /** Told what should be otherwise but stops nothing. */
  readonly onWarning?: (message: string) => void;
}

export interface KafkaLogOptions extends KafkaReaderOptions {
  /** Silence after which a member of a group has lost its partitions. Brokers allow 6 s to 30 min by default. */
  readonly sessionTimeoutMs: number;
  /** How long members wait for one that is in a call when others come or go. The session timeout unless said. */
  readonly rebalanceTimeoutMs?: number;
  /** How much is fetched and held. */
  readonly fetch?: Partial<FetchSizes>;
}

/** A log on a Kafka cluster, shared with other processes. */
export interface KafkaLog extends Log {
  readonly stream: CutStream;
}

/** An onlooker's view of a log on Kafka: of no group, and commits nothing. */
export interface KafkaLogReader extends Pick<Log, 'read' | 'bounds' | 'offsetAtTime' | 'committed' | 'close'> {
  readonly stream: CutStream;
}

/** What reading and the rest have in common. */
interface Opened {
  readonly reader: KafkaLogReader;
  readonly record: StreamRecord;
  readonly place: (topic: Topic, partition: number) => Place;
}

/**
 * Checks the topics, and opens them for reading beside whatever works on them.
 * @throws LogError as {@link checkTopics} does.
 */
export async function openKafkaLogReader(options: KafkaReaderOptions): Promise<KafkaLogReader> {
  return (await open(options)).reader;
}

async function open(options: KafkaReaderOptions): Promise<Opened> {
  const { connection, prefix, clock, patienceMs = PATIENCE_MS } = options;
  const record = await checkTopics(options);
  const link = openLink(connection, [
    topicName(prefix, 'spans'),
    topicName(prefix, 'traces'),
    topicName(prefix, 'spans.dlq'),
  ]);
  let closed = false;

  function place(topic: Topic, partition: number): Place {
    if (closed) throw new LogError('The log is closed.', false);
    const partitions = partitionsOf(record, topic);
    if (!Number.isInteger(partition) || partition < 0 || partition >= partitions) {
      throw new LogError(`${topic} has the partitions 0 to ${partitions - 1}; there is no ${partition}.`, false);
    }
    return { topic: topicName(prefix, topic), partition };
  }

  function patiently<T>(what: string, where: Place, attempt: () => Promise<T>): Promise<T> {
    const patience = { clock, untilMs: clock.now() + patienceMs };
    return retrying(`${what} ${nameOf(where)}`, patience, attempt);
  }

  const reader: KafkaLogReader = {
    stream: { id: record.id, partitions: record.partitions, cut: record.cut },
    async read(topic, partition, from, maxBytes = DEFAULT_READ_BYTES): Promise<LogRecord[]> {
      const where = place(topic, partition);
      return patiently('Reading', where, () => readRecords(link, where, { from, maxBytes }));
    },
    async bounds(topic, partition): Promise<Bounds> {
      const where = place(topic, partition);
      return patiently('Reading the bounds of', where, () => readBounds(link, where));
    },
    async offsetAtTime(topic, partition, timeMs): Promise<number> {
      const where = place(topic, partition);
      return patiently('Looking for a time in', where, () => findTime(link, where, timeMs));
    },
    async committed(group, topic, partition): Promise<Committed | null> {
      const where = place(topic, partition);
      return patiently('Reading what was committed of', where, () => readCommitted(link, `${prefix}${group}`, where));
    },
    async close() {
      closed = true;
      await link.close();
    },
  };
  return { reader, record, place };
}

async function readCommitted(link: Link, groupId: string, { topic, partition }: Place): Promise<Committed | null> {
  const coordinator = await link.coordinator(groupId);
  try {
    const { responses } = await coordinator.offsetFetch({ groupId, topics: [{ topic, partitions: [{ partition }] }] });
    const found = responses[0]?.partitions[0];
    if (found === undefined || Number(found.offset) < 0) return null;
    return { offset: Number(found.offset), metadata: found.metadata ?? '' };
  } catch (error) {
    link.failed(coordinator, error);
    throw error;
  }
}

function partitionsOf({ partitions }: StreamRecord, topic: Topic): number {
  return topic === 'spans.dlq' ? 1 : partitions;
}

/**
 * Checks the topics, and opens the log that they hold.
 * @throws LogError as {@link checkTopics} does.
 */
export async function openKafkaLog(options: KafkaLogOptions): Promise<KafkaLog> {
  const { connection, prefix, clock, patienceMs = PATIENCE_MS, sessionTimeoutMs } = options;
  const { reader, record, place } = await open(options);
  const names = (['spans', 'traces', 'spans.dlq'] as const).map((topic) => topicName(prefix, topic));
  const appendLinks = Array.from({ length: APPEND_LINKS }, () => openLink(connection, names));
  const appender = createAppender({ links: appendLinks, clock, patienceMs, maxBatchBytes: MAX_BATCH_BYTES });
  const memberships = new Map<string, Membership>();
  let closing: Promise<void> | null = null;

  async function join(request: JoinOptions): Promise<Membership> {
    const { group, topic } = request;
    // Throws where the log is closed.
    const where = place(topic, 0);
    const name = `${group}/${topic}`;
    if (memberships.has(name)) {
      throw new LogError(`The group ${group} has a member that owns ${topic} in this process already.`, false);
    }
    const links = { behind: openLink(connection, [where.topic]), atEnd: openLink(connection, [where.topic]) };
    const verify = (): Promise<void> => assertSame(links.behind, prefix, record);
    const fetcher = createFetcher({
      verify,
      links,
      topic: where.topic,
      clock,
      sizes: { ...FETCH_SIZES, ...options.fetch },
      idleMs: request.idleMs,
    });
    const membership = startMembership({
      join: request,
      clock,
      // A coordinator that is silent must be given up while there is time to ask the next one.
      link: openLink(connection, [where.topic], Math.min(REQUEST_TIMEOUT_MS, sessionTimeoutMs / 3)),
      group: `${prefix}${group}`,
      topic: where.topic,
      partitions: partitionsOf(record, topic),
      sessionMs: sessionTimeoutMs,
      rebalanceMs: options.rebalanceTimeoutMs ?? sessionTimeoutMs,
      openFeed: fetcher.open,
      verify,
      onWarning: options.onWarning ?? ((): void => undefined),
    });
    const member: Membership = {
      ended: membership.ended,
      async leave() {
        await membership.leave();
        await fetcher.close();
        await Promise.all([links.behind.close(), links.atEnd.close()]);
        if (memberships.get(name) === member) memberships.delete(name);
      },
    };
    memberships.set(name, member);
    return member;
  }

  async function close(): Promise<void> {
    await Promise.all([...memberships.values()].map((member) => member.leave()));
    await appender.drain();
    await Promise.all([...appendLinks, reader].map((one) => one.close()));
  }

  return {
    ...reader,
    join,
    async append(topic, partition, records, lease) {
      return appender.append(place(topic, partition), records, lease);
    },
    close: () => (closing ??= close()),
  };
}
