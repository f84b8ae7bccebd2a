import type { Clock } from '@spanloom/span';
import { LogError } from '../../errors.ts';
import type { Appended, Lease, NewRecord } from '../../port.ts';
import { toLogError } from '../client/errors.ts';
import type { Broker } from '../client/kafkajs.ts';
import type { Link } from '../client/link.ts';
import { retrying } from '../client/retry.ts';
import { nameOf, type Place } from '../place.ts';
import { knownError, lostSequence } from '../wire/error-codes.ts';
import type { Produced } from '../wire/produce.ts';
import { encodeBatch, payloadBytes, stampBatch } from '../wire/record-batch.ts';
import { createShipper, type Shipper } from './shipper.ts';

/** The largest record: key, value and headers together. */
const MAX_RECORD_BYTES = 4 * 1024 * 1024;

export interface AppenderOptions {
  /** Each has one connection to each broker; partitions are spread over them. */
  readonly links: readonly Link[];
  readonly clock: Clock;
  /** How long an append is tried before it is given up. */
  readonly patienceMs: number;
  /** The most that one batch may have, as the topics say. */
  readonly maxBatchBytes: number;
}

/** Appends to partitions; to each one after the other, as an idempotent producer must. */
export interface Appender {
  append(where: Place, records: readonly NewRecord[], lease?: Lease): Promise<Appended>;
  /** Refuses what is new; resolves when what waited is done. */
  drain(): Promise<void>;
}

/**
 * What a broker knows us by at one partition. A batch is sent with the same sequence until its fate
 * is known, so it is in the log once however often it was sent. Where that stays unknown, the
 * producer is forgotten: its sequence, used for other records, would have them taken for a repeat
 * and acknowledged without being written.
 */
interface Producer {
  readonly id: bigint;
  readonly epoch: number;
  next: number;
}

const SEQUENCES = 2 ** 31;

export function createAppender(options: AppenderOptions): Appender {
  const lanes = new Map<string, Lane>();
  const ways = options.links.map((link) => ({ link, ship: createShipper() }));
  let draining = false;

  function laneOf({ topic, partition }: Place): Lane {
    const name = nameOf({ topic, partition });
    let lane = lanes.get(name);
    if (lane === undefined) {
      // Not by the partition's number alone: `spans` and `traces` of a partition go different ways.
      const way = ways[lanes.size % ways.length] as Way;
      lane = createLane(options, way, { topic, partition });
      lanes.set(name, lane);
    }
    return lane;
  }

  return {
    async append(where, records, lease) {
      if (draining) throw new LogError('The log is closed.', false);
      lease?.check();
      if (records.length === 0) throw new LogError('An append needs a record.', false);
      for (const record of records) assertSize(where, payloadBytes(record));
      return laneOf(where).append(records, lease);
    },
    async drain() {
      draining = true;
      await Promise.all([...lanes.values()].map((lane) => lane.idle()));
    },
  };
}

function assertSize(where: Place, bytes: number): void {
  if (bytes > MAX_RECORD_BYTES) {
    throw new LogError(`A record for ${nameOf(where)} has ${bytes} bytes; at most ${MAX_RECORD_BYTES}.`, false);
  }
}

interface Lane {
  append(records: readonly NewRecord[], lease?: Lease): Promise<Appended>;
  idle(): Promise<void>;
}

/** Requests of one way go out one after the other. */
interface Way {
  readonly link: Link;
  readonly ship: Shipper;
}

function createLane(options: AppenderOptions, { link, ship }: Way, where: Place): Lane {
  const { clock } = options;
  const name = nameOf(where);
  let producer: Producer | null = null;
  /** Offsets never go back, but where the topic was deleted and made again. */
  let end = 0;
  let last: Promise<unknown> = Promise.resolve();

  async function newProducer(): Promise<Producer> {
    const broker = await link.any();
    try {
      // The timeout is one of transactions, which are not used.
      const { producerId, producerEpoch } = await broker.initProducerId({ transactionTimeout: 60_000 });
      return { id: BigInt(producerId), epoch: producerEpoch, next: 0 };
    } catch (error) {
      link.failed(broker, error);
      throw error;
    }
  }

  async function send(records: readonly NewRecord[], lease: Lease | undefined): Promise<Appended> {
    lease?.check();
    const batch = encodeBatch(records);
    if (batch.length > options.maxBatchBytes) {
      throw new LogError(
        `An append of ${records.length} records to ${name} has ${batch.length} bytes; at most ${options.maxBatchBytes}.`,
        false,
      );
    }
    let uncertain = false;

    async function attempt(): Promise<Appended> {
      producer ??= await newProducer();
      stampBatch(batch, { producerId: producer.id, producerEpoch: producer.epoch, first: producer.next });
      const broker = await link.leader(where.topic, where.partition);
      let sent = false;
      let answer: Produced;
      try {
        answer = await ship(broker, {
          ...where,
          batch,
          beforeSend() {
            lease?.check();
            sent = true;
          },
        });
      } catch (error) {
        // Broken before anything was sent, or by the lease; or else after who knows how much of it.
        uncertain ||= sent;
        if (!(error instanceof LogError)) link.failed(broker, error);
        throw error;
      }
      if (answer.error !== 0) throw refused(answer.error, broker);
      if (answer.offset < end)
        throw new LogError(`${name} was made anew: ${answer.offset} comes after ${end - 1}.`, false);
      end = answer.offset + records.length;
      return { offset: answer.offset, appendTimeMs: answer.appendTimeMs };
    }

    function refused(code: number, broker: Broker): LogError {
      const { name: reason, retryable, uncertain: may } = knownError(code);
      const error = new LogError(`Kafka refused an append to ${name}: ${reason}.`, retryable);
      uncertain ||= may === true;
      if (lostSequence(code)) {
        producer = null;
        // The broker forgot what would tell whether an earlier try is in the log.
        if (uncertain) return new UnknownFate(error);
      }
      link.failed(broker, error);
      return error;
    }

    try {
      const untilMs = clock.now() + options.patienceMs;
      const appended = await retrying(`Appending to ${name}`, { clock, untilMs }, attempt);
      if (producer !== null) producer.next = (producer.next + records.length) % SEQUENCES;
      return appended;
    } catch (error) {
      producer = null;
      throw error instanceof UnknownFate ? error.reason : toLogError(`Appending to ${name}`, error);
    }
  }

  return {
    append(records, lease) {
      const result = last.then(() => send(records, lease));
      last = result.catch(() => undefined);
      return result;
    },
    async idle() {
      await last;
    },
  };
}

/** Ends the tries, though the caller may try again. */
class UnknownFate extends LogError {
  readonly reason: LogError;

  constructor(reason: LogError) {
    super(reason.message, false);
    this.reason = reason;
  }
}
