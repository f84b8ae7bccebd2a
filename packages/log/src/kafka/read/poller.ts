/** Asks the brokers for some of the partitions, one request to each broker at a time, until it is closed. */
import type { Clock } from '@spanloom/span';
import { type LogError, OutOfRangeError } from '../../errors.ts';
import { toLogError, typeOf } from '../client/errors.ts';
import { REQUEST_TIMEOUT_MS, type Broker } from '../client/kafkajs.ts';
import type { Link } from '../client/link.ts';
import type { Place } from '../place.ts';
import { knownError, OFFSET_OUT_OF_RANGE, UNKNOWN_TOPIC } from '../wire/error-codes.ts';
import { fetchRequest, type Fetched } from '../wire/fetch.ts';
import { sendRequest } from '../wire/request.ts';
import type { Inbox } from './inbox.ts';
import { outOfRange, readError } from './reading.ts';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;
const BREATH_MS = 10;

export interface PollerOptions {
  readonly link: Link;
  readonly topic: string;
  readonly clock: Clock;
  /** A broker holds a request for this long where it has less than `minBytes`. */
  readonly maxWaitMs: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly maxBytesPerPartition: number;
  /** Those that are to be asked for now. */
  readonly wanting: () => readonly Inbox[];
  /** Told when something was delivered, and others may want something else. */
  readonly onDelivered: () => void;
  /** Rejects, not retryably, where the topic was deleted and made again. Asked when it was not to be found. */
  readonly verify: () => Promise<void>;
}

export interface Poller {
  /** What is wanting may have changed. */
  wake(): void;
  /** Resolves when no request is in progress any more. */
  close(): Promise<void>;
}

export function startPoller(options: PollerOptions): Poller {
  const { link, topic, clock } = options;
  const asking = new Set<number>();
  const requests = new Set<Promise<void>>();
  const stop = new AbortController();
  let changed = new AbortController();
  let pauseMs = FIRST_PAUSE_MS;
  /** The topic was not to be found: when it is, it may be another one. */
  let gone = false;

  const wake = (): void => changed.abort();

  async function run(): Promise<void> {
    while (!stop.signal.aborted) {
      changed = new AbortController();
      const wanting = options.wanting();
      if (wanting.length > 0) await askBrokers(wanting).catch(pause);
      // A listener, so that no timer is needed where nothing is due.
      if (!changed.signal.aborted && !stop.signal.aborted) {
        await new Promise((resolve) => changed.signal.addEventListener('abort', resolve));
      }
    }
  }

  async function askBrokers(wanting: readonly Inbox[]): Promise<void> {
    const leaders = await findLeaders(wanting);
    for (const [broker, partitions] of leaders) {
      if (asking.has(broker.nodeId)) continue;
      asking.add(broker.nodeId);
      const asked = wanting.filter(({ partition }) => partitions.includes(partition));
      const request = askBroker(broker, asked)
        .catch(pause)
        .finally(() => {
          requests.delete(request);
          asking.delete(broker.nodeId);
          options.onDelivered();
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
    wake();
  }

  async function askBroker(broker: Broker, inboxes: readonly Inbox[]): Promise<void> {
    const asked = new Map(inboxes.map((inbox) => [inbox.partition, { inbox, offset: inbox.end }]));
    try {
      const answer = await sendRequest(
        broker.connectionPool,
        fetchRequest({
          ...options,
          partitions: [...asked].map(([partition, { offset }]) => ({ partition, offset })),
          timeoutMs: options.maxWaitMs + REQUEST_TIMEOUT_MS,
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
      // Whoever is not made to wait by the broker must not ask it in a circle.
      const nothing = answer.partitions.every(({ set }) => set.length === 0);
      if (nothing && options.maxWaitMs < BREATH_MS) await clock.sleep(BREATH_MS, stop.signal);
    } catch (error) {
      link.failed(broker, error);
      throw error;
    }
  }

  /** Returns why to look for another leader; what cannot be mended goes to the worker. */
  async function deliver(inbox: Inbox, offset: number, fetched: Fetched): Promise<LogError | null> {
    if (fetched.error === 0) {
      inbox.put(offset, ownMemory(fetched.set), fetched.high);
      return null;
    }
    const where = { topic, partition: inbox.partition };
    const error = await explain(where, offset, fetched.error).catch((failed: unknown) => toLogError('Reading', failed));
    if (!error.retryable || error instanceof OutOfRangeError) inbox.fail(offset, error);
    return error.retryable || knownError(fetched.error).retryable ? error : null;
  }

  async function explain(where: Place, offset: number, code: number): Promise<LogError> {
    if (code === OFFSET_OUT_OF_RANGE) return outOfRange(link, where, offset);
    if (code === UNKNOWN_TOPIC) gone = true;
    return readError(where, code);
  }

  const running = run();
  return {
    wake,
    async close() {
      stop.abort();
      wake();
      await running;
      await Promise.all(requests);
    },
  };
}

/** A slow partition must not hold the whole answer in memory, of which it has a small part. */
function ownMemory(set: Buffer): Buffer {
  return set.length * 2 < set.buffer.byteLength ? Buffer.from(set) : set;
}
