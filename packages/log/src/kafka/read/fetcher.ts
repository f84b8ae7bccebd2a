/**
 * Reads all partitions that are owned ahead of their workers: one request to each broker at a time,
 * for every partition that has room. While a worker works, what comes next is on its way.
 */
import type { Clock } from '@spanloom/span';
import { type LogError, OutOfRangeError } from '../../errors.ts';
import type { Feed } from '../../own/partition.ts';
import type { Place } from '../append/appender.ts';
import { toLogError, typeOf } from '../client/errors.ts';
import { REQUEST_TIMEOUT_MS, type Broker } from '../client/kafkajs.ts';
import type { Link } from '../client/link.ts';
import { knownError, OFFSET_OUT_OF_RANGE, UNKNOWN_TOPIC } from '../wire/error-codes.ts';
import { fetchRequest, type Fetched } from '../wire/fetch.ts';
import { sendRequest } from '../wire/request.ts';
import { createInbox, type Inbox } from './inbox.ts';
import { outOfRange, readError } from './reading.ts';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/** How much is fetched at a time and held. The record of decisions has what was measured. */
export interface FetchSizes {
  /** A broker holds a request for this long where it has nothing. A partition that has room again waits for it. */
  readonly maxWaitMs: number;
  readonly maxBytes: number;
  readonly maxBytesPerPartition: number;
  /** A partition whose worker is behind is fetched while it holds less than this. */
  readonly aheadBytes: number;
}

export const FETCH_SIZES: FetchSizes = {
  maxWaitMs: 100,
  maxBytes: 4 * 1024 * 1024,
  maxBytesPerPartition: 1024 * 1024,
  aheadBytes: 1024 * 1024,
};

export interface FetcherOptions {
  readonly link: Link;
  readonly topic: string;
  readonly clock: Clock;
  readonly sizes: FetchSizes;
  /** When a worker is told that there is nothing. */
  readonly idleMs: number;
  /** Rejects, not retryably, where the topic was deleted and made again. Asked when it was not to be found. */
  readonly verify: () => Promise<void>;
}

export interface Fetcher {
  open(partition: number): Feed;
  /** Resolves when no request is in progress any more. */
  close(): Promise<void>;
}

export function createFetcher(options: FetcherOptions): Fetcher {
  const { link, topic, clock, sizes, idleMs } = options;
  const inboxes = new Map<number, Inbox>();
  const asking = new Set<number>();
  const stop = new AbortController();
  let changed = new AbortController();
  let pauseMs = FIRST_PAUSE_MS;
  /** The topic was not to be found: when it is, it may be another one. */
  let gone = false;
  const requests = new Set<Promise<void>>();

  function change(): void {
    changed.abort();
  }

  /** Asks whoever is not asked yet, until it is closed. */
  async function run(): Promise<void> {
    while (!stop.signal.aborted) {
      changed = new AbortController();
      const wanting = [...inboxes.values()].filter(hasRoom);
      if (wanting.length > 0) await askBrokers(wanting).catch(pause);
      // A listener, so that no timer is needed where nothing is due.
      if (!changed.signal.aborted && !stop.signal.aborted) {
        await new Promise((resolve) => changed.signal.addEventListener('abort', resolve));
      }
    }
  }

  function hasRoom(inbox: Inbox): boolean {
    return inbox.end >= 0 && inbox.failure === null && inbox.bytes < sizes.aheadBytes;
  }

  async function askBrokers(wanting: readonly Inbox[]): Promise<void> {
    const leaders = await findLeaders(wanting);
    for (const [broker, partitions] of leaders) {
      if (asking.has(broker.nodeId)) continue;
      asking.add(broker.nodeId);
      const request = askBroker(broker, partitions)
        .catch(pause)
        .finally(() => {
          requests.delete(request);
          asking.delete(broker.nodeId);
          change();
        });
      requests.add(request);
    }
  }

  async function findLeaders(wanting: readonly Inbox[]): Promise<Map<Broker, number[]>> {
    const partitions = wanting.map(({ partition }) => partition);
    try {
      const leaders = await link.leaders(topic, partitions);
      if (gone) await options.verify();
      gone = false;
      return leaders;
    } catch (error) {
      if (typeOf(error) === 'UNKNOWN_TOPIC_OR_PARTITION') gone = true;
      const failure = toLogError(`Reading ${topic}`, error);
      if (!failure.retryable) for (const inbox of wanting) inbox.fail(inbox.end, failure);
      throw failure;
    }
  }

  async function pause(): Promise<void> {
    await clock.sleep(pauseMs, stop.signal);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    change();
  }

  async function askBroker(broker: Broker, partitions: readonly number[]): Promise<void> {
    const asked = new Map<number, { inbox: Inbox; offset: number }>();
    for (const partition of partitions) {
      const inbox = inboxes.get(partition);
      if (inbox !== undefined) asked.set(partition, { inbox, offset: inbox.end });
    }
    try {
      const answer = await sendRequest(
        broker.connectionPool,
        fetchRequest({
          topic,
          partitions: [...asked].map(([partition, { offset }]) => ({ partition, offset })),
          maxWaitMs: sizes.maxWaitMs,
          maxBytes: sizes.maxBytes,
          maxBytesPerPartition: sizes.maxBytesPerPartition,
          timeoutMs: sizes.maxWaitMs + REQUEST_TIMEOUT_MS,
        }),
      );
      if (answer.error !== 0) throw readError({ topic, partition: -1 }, answer.error);
      let failure: LogError | null = null;
      for (const fetched of answer.partitions) {
        const one = asked.get(fetched.partition);
        if (one !== undefined) failure = (await deliver(one.inbox, one.offset, fetched)) ?? failure;
      }
      if (failure !== null) throw failure;
      pauseMs = FIRST_PAUSE_MS;
    } catch (error) {
      link.failed(broker, error);
      throw error;
    }
  }

  /** Returns why to look for another leader; what cannot be mended goes to the worker. */
  async function deliver(inbox: Inbox, offset: number, fetched: Fetched): Promise<LogError | null> {
    const where = { topic, partition: inbox.partition };
    if (fetched.error === 0) {
      inbox.put(offset, ownMemory(fetched.set));
      return null;
    }
    const error = await explain(where, offset, fetched.error).catch((failed: unknown) => toLogError('Reading', failed));
    if (!error.retryable || error instanceof OutOfRangeError) inbox.fail(offset, error);
    return error.retryable || knownError(fetched.error).retryable ? error : null;
  }

  async function explain(where: Place, offset: number, code: number): Promise<LogError> {
    if (code === OFFSET_OUT_OF_RANGE) return outOfRange(link, where, offset);
    if (code === UNKNOWN_TOPIC) gone = true;
    return readError(where, code);
  }

  function open(partition: number): Feed {
    const inbox = createInbox(partition);
    inboxes.set(partition, inbox);
    return {
      async next(position, signal) {
        inbox.seek(position);
        change();
        while (!signal.aborted) {
          const records = inbox.take();
          if (records.length > 0) {
            change();
            return records;
          }
          if (inbox.failure !== null) throw inbox.failure;
          const arrival = inbox.arrival();
          signal.addEventListener('abort', inbox.wake);
          await clock.sleep(idleMs, arrival);
          signal.removeEventListener('abort', inbox.wake);
          if (!arrival.aborted) return [];
        }
        return [];
      },
      close() {
        if (inboxes.get(partition) === inbox) inboxes.delete(partition);
      },
    };
  }

  const running = run();
  return {
    open,
    async close() {
      stop.abort();
      change();
      await running;
      await Promise.all(requests);
    },
  };
}

/** A slow partition must not hold the whole answer in memory, of which it has a small part. */
function ownMemory(set: Buffer): Buffer {
  return set.length * 2 < set.buffer.byteLength ? Buffer.from(set) : set;
}
