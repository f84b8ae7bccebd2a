import type { Bounds, Stream } from '../../port.ts';
import type { LogDatabase } from '../database.ts';
import { placeName, TOPICS, type Place } from '../format/keys.ts';
import { partitionsOf, readBounds, readTail } from '../reading.ts';
import type { Tail } from '../format/tail.ts';

/** What is acknowledged of each partition, in memory: what readers may see, and where appends go on. */
export interface Ledger {
  readonly places: readonly Place[];
  bounds(where: Place): Bounds;
  tail(where: Place): Tail;
  /** Bytes kept, of all partitions. */
  totalBytes(): number;
  /** Called once a transaction is on disk. */
  settle(where: Place, tail: Tail, low?: number): void;
  /** Reads the partition anew: after a transaction whose outcome is unknown. */
  reload(where: Place): void;
}

interface Entry {
  tail: Tail;
  low: number;
}

export function openLedger(db: LogDatabase, stream: Stream): Ledger {
  const places = TOPICS.flatMap((topic) =>
    Array.from({ length: partitionsOf(stream, topic) }, (_, partition) => ({ topic, partition })),
  );
  const read = (where: Place): Entry => ({
    tail: readTail(db, where),
    low: readBounds(db, where).low,
  });
  const entries = new Map(places.map((where) => [placeName(where), read(where)]));

  function entry(where: Place): Entry {
    const found = entries.get(placeName(where));
    if (found === undefined) throw new Error(`${placeName(where)} is not a partition of this stream.`);
    return found;
  }

  return {
    places,
    bounds: (where) => ({ low: entry(where).low, high: entry(where).tail.high }),
    tail: (where) => entry(where).tail,
    totalBytes: () => [...entries.values()].reduce((sum, { tail }) => sum + tail.bytes, 0),
    settle(where, tail, low) {
      const known = entry(where);
      known.tail = tail;
      if (low !== undefined) known.low = low;
    },
    reload(where) {
      db.resetReadTxn();
      entries.set(placeName(where), read(where));
    },
  };
}
