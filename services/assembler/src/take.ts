import type { BufferedChunk } from '@spanloom/buffer';
import type { LogRecord, NewRecord } from '@spanloom/log';
import type { OffsetSet } from '@spanloom/log';
import { decodeSpansIndex } from '@spanloom/wire';

/** What a batch of `spans` turns out to be. */
export interface Taken {
  /** Chunks to buffer, by offset. */
  readonly chunks: readonly BufferedChunk[];
  /** Records that cannot be read, as they go to `spans.dlq`. */
  readonly dead: readonly { readonly offset: number; readonly reason: string; readonly record: NewRecord }[];
}

/**
 * Reads the envelopes of a batch. Ticks only move stream time; chunks that are in `traces` already
 * are left out.
 */
export function take(
  partition: number,
  records: readonly LogRecord[],
  streamTimeMs: number,
  emitted: OffsetSet,
): Taken {
  const chunks: BufferedChunk[] = [];
  const dead: { offset: number; reason: string; record: NewRecord }[] = [];
  let time = streamTimeMs;
  for (const record of records) {
    time = Math.max(time, record.appendTimeMs);
    if (record.value === null || emitted.has(record.offset)) continue;
    const decoded = decodeSpansIndex(record.value);
    if (decoded.ok) {
      const { traceId, index } = decoded.value;
      chunks.push({ offset: record.offset, traceId, streamTimeMs: time, index, record: record.value });
    } else {
      const reason = decoded.error.message;
      dead.push({ offset: record.offset, reason, record: deadLetter(partition, record, reason) });
    }
  }
  return { chunks, dead };
}

function deadLetter(partition: number, record: LogRecord, reason: string): NewRecord {
  return {
    key: record.key,
    value: record.value,
    headers: { topic: 'spans', partition: String(partition), offset: String(record.offset), reason },
  };
}
