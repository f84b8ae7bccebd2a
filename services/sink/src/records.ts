import { type LogRecord, LogError, type NewRecord } from '@spanloom/log';
import type { TraceId } from '@spanloom/span';
import { type TraceChunk, type TraceRecord, type Watermark, decodeTracesValue, traceHeaders } from '@spanloom/wire';

import type { CutRecord } from './cut.ts';

/** A record of `traces` as batches are cut from it: not opened yet. */
export interface TracesRecord extends CutRecord {
  readonly record: LogRecord;
}

/** Reads what cutting needs from a record's headers. */
export function toCutRecord(record: LogRecord): TracesRecord {
  return {
    offset: record.offset,
    appendTimeMs: record.appendTimeMs,
    spans: header(record, traceHeaders.spans),
    bytes: header(record, traceHeaders.bytes),
    record,
  };
}

/** A heartbeat has no headers and counts nothing. */
function header(record: LogRecord, name: string): number {
  const value = Number(record.headers[name] ?? 0);
  return Number.isSafeInteger(value) && value > 0 ? value : 0;
}

/** What goes to `spans.dlq`, and where in `traces` it stood. */
export interface DeadLetter {
  readonly position: number;
  readonly reason: string;
  readonly record: NewRecord;
}

/** The dead letter of a whole record of `traces`. */
export function deadRecord(record: LogRecord, partition: number, reason: string): DeadLetter {
  const headers = { topic: 'traces', partition: String(partition), offset: String(record.offset), reason };
  return { position: record.offset, reason, record: { key: record.key, value: record.value, headers } };
}

/** The dead letter of a chunk: its body as it came, compressed. */
export function deadChunk(
  traceId: TraceId,
  chunk: TraceChunk,
  at: { readonly partition: number; readonly position: number },
  reason: string,
): DeadLetter {
  const headers = { topic: 'spans', partition: String(at.partition), offset: String(chunk.offset), reason };
  const record = { key: Buffer.from(traceId, 'hex'), value: chunk.body, headers };
  return { position: at.position, reason, record };
}

/** The records of a batch, opened. */
export interface OpenedBatch {
  readonly traces: readonly { readonly position: number; readonly value: TraceRecord }[];
  /** The last one in the batch, or null. */
  readonly watermark: Watermark | null;
  /** Records that are not what an assembler writes. */
  readonly dead: readonly DeadLetter[];
}

/** Throws if a record was written by a newer version: storing half of it would be worse than stopping. */
export function openBatch(partition: number, records: readonly TracesRecord[]): OpenedBatch {
  const traces: { position: number; value: TraceRecord }[] = [];
  const dead: DeadLetter[] = [];
  let watermark: Watermark | null = null;
  for (const { record } of records) {
    const decoded =
      record.value === null
        ? { ok: false as const, error: { message: 'no value', unknownSchema: false } }
        : decodeTracesValue(record.value);
    if (!decoded.ok) {
      if (decoded.error.unknownSchema) {
        throw new LogError(`traces@${record.offset}: ${decoded.error.message} Upgrade this sink.`, false);
      }
      dead.push(deadRecord(record, partition, decoded.error.message));
      continue;
    }
    watermark = decoded.value.watermark;
    if (decoded.value.type === 'trace') traces.push({ position: record.offset, value: decoded.value });
  }
  return { traces, watermark, dead };
}
