import { placeName, type Place } from '../format/keys.ts';
import type { StoredBlock } from '../reading.ts';

/** Of each partition: one read of the usual size. */
const RECENT_BYTES = 4 * 1024 * 1024;

/**
 * The newest blocks of each partition, as they were written. Whoever keeps up reads them from here:
 * no copy, and no page of the database mapped, each of which would stay in the process' resident
 * size until the system wants it back.
 */
export interface RecentBlocks {
  /** Adds blocks that are on disk, in the order of their offsets. */
  add(where: Place, blocks: readonly StoredBlock[]): void;
  /** The blocks from the one that holds `offset` on; null if that one is not here. */
  from(where: Place, offset: number): readonly StoredBlock[] | null;
  /** Forgets the partition: what is on disk is unknown. */
  forget(where: Place): void;
}

interface Recent {
  blocks: StoredBlock[];
  bytes: number;
}

export function createRecentBlocks(): RecentBlocks {
  const places = new Map<string, Recent>();

  function trim(recent: Recent): void {
    // At twice the size, so that the array is moved once in many blocks.
    if (recent.bytes <= 2 * RECENT_BYTES) return;
    let drop = 0;
    while (recent.bytes > RECENT_BYTES) recent.bytes -= recent.blocks[drop++]?.value.length ?? 0;
    recent.blocks.splice(0, drop);
  }

  return {
    add(where, blocks) {
      const name = placeName(where);
      const recent = places.get(name) ?? { blocks: [], bytes: 0 };
      places.set(name, recent);
      for (const block of blocks) {
        recent.blocks.push(block);
        recent.bytes += block.value.length;
      }
      trim(recent);
    },
    from(where, offset) {
      const blocks = places.get(placeName(where))?.blocks ?? [];
      let found = 0;
      let end = blocks.length;
      // The last block whose base is `offset` or less.
      while (found < end) {
        const middle = (found + end) >>> 1;
        if ((blocks[middle]?.key.base ?? 0) <= offset) found = middle + 1;
        else end = middle;
      }
      return found === 0 ? null : blocks.slice(found - 1);
    },
    forget(where) {
      places.delete(placeName(where));
    },
  };
}
