/**
 * Records of open chunks in this process, so that finished traces are mostly not read back. Bounded over
 * all partitions; the oldest go first.
 */

/** The records of one claim. */
export interface CachePart {
  /** Keeps a copy: the record is a view of what the log read, all of which it would keep in memory. */
  put(offset: number, record: Uint8Array): void;
  get(offset: number): Uint8Array | undefined;
  delete(offset: number): void;
  clear(): void;
}

export interface RecordCache {
  part(): CachePart;
  /** Memory that it takes. */
  readonly bytes: number;
}

/** Records lie in segments and go with them: an object a record would keep the garbage collector busy. */
const SEGMENT_BYTES = 1024 * 1024;

interface Segment {
  readonly bytes: Buffer;
  readonly held: Held[];
  used: number;
  /** How many of its records are still wanted. */
  live: number;
}

interface Held {
  readonly part: Map<number, Held>;
  readonly offset: number;
  readonly segment: Segment;
  readonly start: number;
  readonly end: number;
}

export function createCache(maxBytes: number): RecordCache {
  const segments = new Set<Segment>();
  let newest: Segment | null = null;
  let bytes = 0;

  function remove(segment: Segment): void {
    segments.delete(segment);
    bytes -= segment.bytes.byteLength;
    if (segment === newest) newest = null;
    for (const held of segment.held) if (held.part.get(held.offset) === held) held.part.delete(held.offset);
  }

  function segmentFor(recordBytes: number): Segment | null {
    if (newest !== null && newest.used + recordBytes <= newest.bytes.byteLength) return newest;
    // A sixteenth, so that a small cache is not emptied by each new segment.
    const size = Math.max(recordBytes, Math.min(SEGMENT_BYTES, Math.ceil(maxBytes / 16)));
    if (size > maxBytes) return null;
    for (const oldest of segments) {
      if (bytes + size <= maxBytes) break;
      remove(oldest);
    }
    newest = { bytes: Buffer.allocUnsafeSlow(size), held: [], used: 0, live: 0 };
    segments.add(newest);
    bytes += size;
    return newest;
  }

  function forget({ segment }: Held): void {
    segment.live--;
    if (segment.live === 0 && segment !== newest) remove(segment);
  }

  return {
    get bytes() {
      return bytes;
    },
    part() {
      const part = new Map<number, Held>();
      return {
        put(offset, record) {
          if (part.has(offset)) return;
          const segment = segmentFor(record.byteLength);
          if (segment === null) return;
          const held = { part, offset, segment, start: segment.used, end: segment.used + record.byteLength };
          segment.bytes.set(record, held.start);
          segment.used = held.end;
          segment.live++;
          segment.held.push(held);
          part.set(offset, held);
        },
        get(offset) {
          const held = part.get(offset);
          return held === undefined ? undefined : held.segment.bytes.subarray(held.start, held.end);
        },
        delete(offset) {
          const held = part.get(offset);
          if (held === undefined) return;
          part.delete(offset);
          forget(held);
        },
        clear() {
          const all = [...part.values()];
          part.clear();
          all.forEach(forget);
        },
      };
    },
  };
}
