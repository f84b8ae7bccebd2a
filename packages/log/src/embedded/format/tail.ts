/** What is remembered of a partition beside its blocks, written with every transaction that touches it. */
export interface Tail {
  /** The offset that comes next. */
  readonly high: number;
  /** Of the last append; the next one is not earlier. 0 before the first. */
  readonly lastAppendTimeMs: number;
  /** Bytes of the blocks that are kept. */
  readonly bytes: number;
}

export const EMPTY_TAIL: Tail = { high: 0, lastAppendTimeMs: 0, bytes: 0 };

/** `high:f64 lastAppendTimeMs:f64 bytes:f64`, big-endian. */
export function encodeTail(tail: Tail): Buffer {
  const value = Buffer.alloc(24);
  value.writeDoubleBE(tail.high, 0);
  value.writeDoubleBE(tail.lastAppendTimeMs, 8);
  value.writeDoubleBE(tail.bytes, 16);
  return value;
}

export function decodeTail(value: Buffer): Tail {
  return {
    high: value.readDoubleBE(0),
    lastAppendTimeMs: value.readDoubleBE(8),
    bytes: value.readDoubleBE(16),
  };
}
