import { type LogRecord, LogError } from '@spanloom/log';
import { type TraceRecord, type Watermark, decodeTracesValue, traceHeaders } from '@spanloom/wire';

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

/** The records of a batch, opened. */
export interface OpenedBatch {
  readonly traces: readonly { readonly position: number; readonly value: TraceRecord }[];
  /** The last one in the batch, or null. */
  readonly watermark: Watermark | null;
  /** Records that are not what an assembler writes. */
  readonly dead: readonly { readonly record: LogRecord; readonly reason: string }[];
}

/** Throws if a record was written by a newer version: storing half of it would be worse than stopping. */
export function openBatch(records: readonly TracesRecord[]): OpenedBatch {
  const traces: { position: number; value: TraceRecord }[] = [];
  const dead: { record: LogRecord; reason: string }[] = [];
  let watermark: Watermark | null = null;
  for (const { record } of records) {
    const decoded =
      record.value === null ? { ok: false as const, error: { message: 'no value', unknownSchema: false } } : decodeTracesValue(record.value);
    if (!decoded.ok) {
      if (decoded.error.unknownSchema) {
        throw new LogError(`traces@${record.offset}: ${decoded.error.message} Upgrade this sink.`, false);
      }
      dead.push({ record, reason: decoded.error.message });
      continue;
    }
    watermark = decoded.value.watermark;
    if (decoded.value.type === 'trace') traces.push({ position: record.offset, value: decoded.value });
  }
  return { traces, watermark, dead };
}
