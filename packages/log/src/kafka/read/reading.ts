/** Reading a partition once, outside of any group. One try each; whoever asks tries again. */
import { LogError, OutOfRangeError } from '../../errors.ts';
import type { Bounds, LogRecord } from '../../port.ts';
import { REQUEST_TIMEOUT_MS, type Broker } from '../client/kafkajs.ts';
import type { Link } from '../client/link.ts';
import { nameOf, type Place } from '../place.ts';
import { knownError, OFFSET_OUT_OF_RANGE } from '../wire/error-codes.ts';
import { fetchRequest, type Fetched } from '../wire/fetch.ts';
import { decodeBatches, endOfBatches } from '../wire/record-batch.ts';
import { sendRequest } from '../wire/request.ts';

const EARLIEST = -2;
const LATEST = -1;
/** What no transaction has ended yet is read, too; there are none. */
const READ_UNCOMMITTED = 0;

/** Asks the broker that leads the partition; where that fails, who leads is looked up anew next time. */
async function ask<T>(link: Link, { topic, partition }: Place, question: (broker: Broker) => Promise<T>): Promise<T> {
  const broker = await link.leader(topic, partition);
  try {
    return await question(broker);
  } catch (error) {
    link.failed(broker, error);
    throw error;
  }
}

async function listOffset(link: Link, where: Place, timestamp: number): Promise<number> {
  return ask(link, where, async (broker) => {
    const topics = [{ topic: where.topic, partitions: [{ partition: where.partition, timestamp }] }];
    const { responses } = await broker.listOffsets({ isolationLevel: READ_UNCOMMITTED, topics });
    const offset = responses[0]?.partitions[0]?.offset;
    if (offset === undefined) throw new LogError(`A broker did not tell an offset of ${nameOf(where)}.`, true);
    return Number(offset);
  });
}

export async function readBounds(link: Link, where: Place): Promise<Bounds> {
  const [low, high] = await Promise.all([listOffset(link, where, EARLIEST), listOffset(link, where, LATEST)]);
  return { low, high: Math.max(low, high) };
}

export async function findTime(link: Link, where: Place, timeMs: number): Promise<number> {
  // Negative times are questions of another kind.
  const offset = await listOffset(link, where, Math.max(0, Math.floor(timeMs)));
  return offset < 0 ? (await readBounds(link, where)).high : offset;
}

export interface ReadFrom {
  readonly from: number;
  readonly maxBytes: number;
}

/** @throws OutOfRangeError */
export async function readRecords(link: Link, where: Place, read: ReadFrom): Promise<LogRecord[]> {
  for (let { from } = read; ;) {
    const { set, high } = await fetchOnce(link, where, { ...read, from });
    const records: LogRecord[] = [];
    decodeBatches(set, from, records);
    if (records.length > 0) return records;
    const end = endOfBatches(set);
    // Only marks of transactions, which somebody else must have written.
    if (end !== null && end > from) from = end;
    else if (from >= high) return [];
    else throw new LogError(`${nameOf(where)} has offsets up to ${high}, but gave nothing from ${from} on.`, true);
  }
}

async function fetchOnce(link: Link, where: Place, { from, maxBytes }: ReadFrom): Promise<Fetched> {
  const { topic, partition } = where;
  if (!Number.isSafeInteger(from) || from < 0) throw await outOfRange(link, where, from);
  const fetched = await ask(link, where, async (broker) => {
    const answer = await sendRequest(
      broker.connectionPool,
      fetchRequest({
        topic,
        partitions: [{ partition, offset: from }],
        maxWaitMs: 0,
        minBytes: 1,
        maxBytes,
        maxBytesPerPartition: maxBytes,
        timeoutMs: REQUEST_TIMEOUT_MS,
      }),
    );
    const [found] = answer.partitions;
    const error = answer.error === 0 ? (found?.error ?? -1) : answer.error;
    if (found === undefined || (error !== 0 && error !== OFFSET_OUT_OF_RANGE)) throw readError(where, error);
    return found;
  });
  if (fetched.error === OFFSET_OUT_OF_RANGE) throw await outOfRange(link, where, from);
  return fetched;
}

export function readError(where: Place, code: number): LogError {
  const { name, retryable } = knownError(code);
  return new LogError(`Kafka refused a read of ${nameOf(where)}: ${name}.`, retryable);
}

/** Tells which side of the bounds the offset is on; if it lies within them now, a new leader had lagged. */
export async function outOfRange(link: Link, where: Place, offset: number): Promise<LogError> {
  const { low, high } = await readBounds(link, where);
  if (offset >= low && offset <= high)
    return new LogError(`${nameOf(where)} is not readable from ${offset} yet.`, true);
  return new OutOfRangeError(nameOf(where), offset, low, high);
}
