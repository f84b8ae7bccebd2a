/** Reading the database: the same for the process that writes it and for one that looks on. */
import { LogError, OutOfRangeError } from '../errors.ts';
import type { Bounds, Committed, LogRecord, Stream, Topic } from '../port.ts';
import { checkBlock, decodeBlock } from './format/block.ts';
import type { LogDatabase } from './database.ts';
import {
  blocksEnd,
  blocksFrom,
  commitKey,
  parseBlockKey,
  placeName,
  tailKey,
  type BlockKey,
  type Place,
} from './format/keys.ts';
import { decodeTail, EMPTY_TAIL, type Tail } from './format/tail.ts';

export const DEFAULT_READ_BYTES: number = 4 * 1024 * 1024;

/** @throws LogError, not retryable, when the stream has no such partition. */
export function placeIn(stream: Stream, topic: Topic, partition: number): Place {
  const partitions = partitionsOf(stream, topic);
  if (!Number.isInteger(partition) || partition < 0 || partition >= partitions) {
    throw new LogError(`${topic} has the partitions 0 to ${partitions - 1}; there is no ${partition}.`, false);
  }
  return { topic, partition };
}

export function partitionsOf(stream: Stream, topic: Topic): number {
  return topic === 'spans.dlq' ? 1 : stream.partitions;
}

export function readTail(db: LogDatabase, where: Place): Tail {
  const value = db.getBinary(tailKey(where));
  return value === undefined ? EMPTY_TAIL : decodeTail(value);
}

export function readBounds(db: LogDatabase, where: Place): Bounds {
  const { high } = readTail(db, where);
  const [first] = blockKeys(db, where, 0, 1);
  return { low: first?.base ?? high, high };
}

export function readCommitted(db: LogDatabase, group: string, where: Place): Committed | null {
  const value = db.getBinary(commitKey(group, where));
  return value === undefined ? null : { offset: value.readDoubleBE(0), metadata: value.toString('utf8', 8) };
}

export function encodeCommitted({ offset, metadata }: Committed): Buffer {
  const value = Buffer.alloc(8 + Buffer.byteLength(metadata));
  value.writeDoubleBE(offset, 0);
  value.write(metadata, 8);
  return value;
}

/** The keys of the blocks whose base is `from` or more, in order. */
export function* blockKeys(db: LogDatabase, where: Place, from: number, limit?: number): Generator<BlockKey> {
  const range = { start: blocksFrom(where, from), end: blocksEnd(where) };
  for (const key of db.getKeys(limit === undefined ? range : { ...range, limit })) yield parseBlockKey(key);
}

/** The last block whose base is `offset` or less. */
function blockAt(db: LogDatabase, where: Place, offset: number): BlockKey | null {
  const range = {
    start: blocksFrom(where, offset + 1),
    end: blocksFrom(where, 0),
    reverse: true,
    limit: 1,
  };
  for (const key of db.getKeys(range)) return parseBlockKey(key);
  return null;
}

export interface StoredBlock {
  readonly key: BlockKey;
  readonly value: Buffer;
}

export interface Read {
  readonly from: number;
  readonly maxBytes: number;
  readonly bounds: Bounds;
}

/**
 * @param recent blocks that need not be looked for, from the one that holds `from` on
 * @throws OutOfRangeError
 */
export function readRecords(
  db: LogDatabase,
  where: Place,
  read: Read,
  recent: readonly StoredBlock[] | null = null,
): LogRecord[] {
  const { from, bounds } = read;
  const outside = (): OutOfRangeError => new OutOfRangeError(placeName(where), from, bounds.low, bounds.high);
  if (!(from >= bounds.low && from <= bounds.high)) throw outside();
  if (from === bounds.high) return [];
  const found = collect(recent ?? storedFrom(db, where, from), read);
  // Retention may have been faster than the bounds that the caller knew.
  if (found[0]?.offset !== from) throw outside();
  return found;
}

function* storedFrom(db: LogDatabase, where: Place, offset: number): Generator<StoredBlock> {
  const first = blockAt(db, where, offset);
  if (first === null) return;
  for (const { key, value } of db.getRange({ start: blocksFrom(where, first.base), end: blocksEnd(where) })) {
    const block = { key: parseBlockKey(key), value };
    checkBlock(value, { where: placeName(where), ...block.key });
    yield block;
  }
}

function collect(blocks: Iterable<StoredBlock>, { from, maxBytes, bounds }: Read): LogRecord[] {
  const found: LogRecord[] = [];
  let bytes = 0;
  for (const { key, value } of blocks) {
    for (const record of decodeBlock(value, key)) {
      if (record.offset < from) continue;
      // What is beyond is committed, but its append is not yet acknowledged: nobody may see it first.
      if (record.offset >= bounds.high || (found.length > 0 && bytes >= maxBytes)) return found;
      found.push(record);
      bytes += (record.key?.length ?? 0) + (record.value?.length ?? 0);
    }
    if (bytes >= maxBytes) break;
  }
  return found;
}

/** Binary search over offsets: the append time never decreases along them. */
export function findTime(db: LogDatabase, where: Place, timeMs: number, { low, high }: Bounds): number {
  let from = low;
  let to = high;
  while (from < to) {
    const block = blockAt(db, where, Math.floor((from + to) / 2));
    if (block === null) return high;
    if (block.appendTimeMs < timeMs) from = block.base + block.count;
    else to = block.base;
  }
  return Math.max(from, low);
}
