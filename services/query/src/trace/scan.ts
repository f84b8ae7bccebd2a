import { OutOfRangeError, type Log } from '@spanloom/log';
import type { TraceId } from '@spanloom/span';
import { decodeTracesValue, type TraceChunk } from '@spanloom/wire';

/** Chunks of one trace found in `traces`, and whether all of the range was looked at. */
export interface Scan {
  readonly chunks: readonly TraceChunk[];
  readonly wholeRange: boolean;
}

/** Records of `traces` at or above `from`, of one partition. */
export interface ScanRange {
  readonly partition: number;
  readonly from: number;
  readonly maxBytes: number;
}

/** Finds what is finished but not stored: reads from `from` to the end as it was at the call. */
export async function scanTraces(
  log: Pick<Log, 'bounds' | 'read'>,
  traceId: TraceId,
  range: ScanRange,
  signal: AbortSignal,
): Promise<Scan> {
  const key = Buffer.from(traceId, 'hex');
  const { low, high } = await log.bounds('traces', range.partition);
  const chunks: TraceChunk[] = [];
  let bytes = 0;
  for (let offset = Math.max(range.from, low); offset < high;) {
    if (bytes >= range.maxBytes || signal.aborted) return { chunks, wholeRange: false };
    const records = await readOrNothing(log, range.partition, offset);
    if (records.length === 0) break;
    for (const record of records) {
      bytes += record.value?.length ?? 0;
      if (record.value === null || record.key === null || !key.equals(record.key)) continue;
      const decoded = decodeTracesValue(record.value);
      if (decoded.ok && decoded.value.type === 'trace') chunks.push(...decoded.value.chunks);
    }
    offset = (records.at(-1)?.offset ?? offset) + 1;
  }
  return { chunks, wholeRange: true };
}

/** Retention may pass us by; what it removed has long been stored. */
async function readOrNothing(log: Pick<Log, 'read'>, partition: number, from: number): ReturnType<Log['read']> {
  try {
    return await log.read('traces', partition, from);
  } catch (error) {
    if (error instanceof OutOfRangeError) return [];
    throw error;
  }
}
