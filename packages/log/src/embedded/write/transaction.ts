import type { Appended, Committed, NewRecord } from '../../port.ts';
import { encodeBlock, nextBlock } from '../format/block.ts';
import { blockKey, commitKey, placeName, tailKey, type BlockKey, type Place } from '../format/keys.ts';
import type { Ledger } from './ledger.ts';
import { encodeCommitted, type StoredBlock } from '../reading.ts';
import { encodeTail, type Tail } from '../format/tail.ts';

export interface PlaceChange {
  readonly where: Place;
  tail: Tail;
  low?: number;
  readonly records: NewRecord[];
  /** What each record takes in a block. */
  readonly sizes: number[];
  /** What the records became. */
  readonly blocks: StoredBlock[];
}

export interface Entry {
  readonly key: Buffer;
  /** Null deletes the key. */
  readonly value: Buffer | null;
}

/** What one transaction will change, gathered from the work of several callers. */
export interface Transaction {
  /** The records' offset and time, if the transaction gets to the disk. */
  append(where: Place, records: readonly NewRecord[], sizes: readonly number[]): Appended;
  commit(group: string, where: Place, committed: Committed): void;
  /** Removes the lowest blocks of a partition. */
  remove(where: Place, blocks: readonly BlockKey[]): void;
  /** What is to be written. Call once, last. */
  entries(): Entry[];
  changes(): Iterable<PlaceChange>;
}

export function beginTransaction(ledger: Ledger, nowMs: number): Transaction {
  const changes = new Map<string, PlaceChange>();
  const entries: Entry[] = [];

  function change(where: Place): PlaceChange {
    const name = placeName(where);
    let found = changes.get(name);
    if (found === undefined) {
      found = { where, tail: ledger.tail(where), records: [], sizes: [], blocks: [] };
      changes.set(name, found);
    }
    return found;
  }

  /** Appends of one transaction to one partition share blocks: many small requests, few entries. */
  function pack({ where, tail, records, sizes, blocks }: PlaceChange): Tail {
    let base = tail.high - records.length;
    let kept = tail.bytes;
    for (let from = 0; from < records.length;) {
      const { end, bytes } = nextBlock(sizes, from);
      const count = end - from;
      const key = { base, appendTimeMs: tail.lastAppendTimeMs, count, bytes };
      const value = encodeBlock(records.slice(from, end), bytes);
      entries.push({ key: blockKey(where, key), value });
      blocks.push({ key, value });
      base += count;
      kept += bytes;
      from = end;
    }
    return { ...tail, bytes: kept };
  }

  return {
    append(where, records, sizes) {
      const changed = change(where);
      const offset = changed.tail.high;
      const lastAppendTimeMs = Math.max(nowMs, changed.tail.lastAppendTimeMs);
      changed.tail = { ...changed.tail, high: offset + records.length, lastAppendTimeMs };
      for (const record of records) changed.records.push(record);
      for (const size of sizes) changed.sizes.push(size);
      return { offset, appendTimeMs: lastAppendTimeMs };
    },
    commit(group, where, committed) {
      entries.push({ key: commitKey(group, where), value: encodeCommitted(committed) });
    },
    remove(where, blocks) {
      const changed = change(where);
      for (const block of blocks) {
        entries.push({ key: blockKey(where, block), value: null });
        changed.tail = { ...changed.tail, bytes: changed.tail.bytes - block.bytes };
        changed.low = block.base + block.count;
      }
    },
    entries() {
      for (const changed of changes.values()) {
        changed.tail = pack(changed);
        entries.push({ key: tailKey(changed.where), value: encodeTail(changed.tail) });
      }
      return entries;
    },
    changes: () => changes.values(),
  };
}
