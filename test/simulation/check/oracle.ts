import type { LogRecord } from '@spanloom/log';
import { type ChunkIndex, type CloseReason, wholeness } from '@spanloom/span';
import { decodeSpansRecord } from '@spanloom/wire';

/** When a trace is finished, in stream time. */
export interface Limits {
  readonly settleMs: number;
  readonly quietMs: number;
  readonly maxAgeMs: number;
  readonly maxSpans: number;
  readonly maxBytes: number;
}

/** Chunks that must stand together in one fragment. */
export interface ExpectedGroup {
  readonly traceId: string;
  readonly chunks: readonly number[];
  readonly reason: CloseReason;
}

interface Open {
  readonly firstMs: number;
  lastMs: number;
  readonly chunks: { readonly offset: number; readonly index: ChunkIndex }[];
}

/**
 * How `spans` must be put together, from the log alone and the plain words of the specification:
 * slow, and with nothing of the product in it but the verdict on a trace.
 */
export function expectedGroups(spans: readonly LogRecord[], limits: Limits): ExpectedGroup[] {
  const open = new Map<string, Open>();
  const groups: ExpectedGroup[] = [];
  let nowMs = 0;

  function close(traceId: string, reason: CloseReason): void {
    groups.push({ traceId, reason, chunks: (open.get(traceId)?.chunks ?? []).map(({ offset }) => offset) });
    open.delete(traceId);
  }

  function due(trace: Open): { reason: CloseReason; atMs: number } {
    const whole = wholeness(trace.chunks.map(({ index }) => index)).complete;
    const waited = whole ? limits.settleMs : limits.quietMs;
    const quietAt = trace.lastMs + waited;
    const agedAt = trace.firstMs + limits.maxAgeMs;
    return agedAt < quietAt
      ? { reason: 'maxAge', atMs: agedAt }
      : { reason: whole ? 'complete' : 'quiet', atMs: quietAt };
  }

  for (const { offset, appendTimeMs, value } of spans) {
    nowMs = Math.max(nowMs, appendTimeMs);
    for (const [traceId, trace] of open) {
      const { reason, atMs } = due(trace);
      if (atMs <= nowMs) close(traceId, reason);
    }
    const chunk = value === null ? null : decodeSpansRecord(value);
    if (chunk === null || !chunk.ok) continue;
    const { traceId, index } = chunk.value;
    const before = open.get(traceId);
    if (before !== undefined) {
      const sum = (of: (index: ChunkIndex) => number): number =>
        before.chunks.reduce((total, each) => total + of(each.index), 0);
      if (sum((each) => each.marks.length) + index.marks.length > limits.maxSpans) close(traceId, 'maxSpans');
      else if (sum((each) => each.bodyBytes) + index.bodyBytes > limits.maxBytes) close(traceId, 'maxBytes');
    }
    const trace = open.get(traceId) ?? { firstMs: nowMs, lastMs: nowMs, chunks: [] };
    open.set(traceId, trace);
    trace.lastMs = nowMs;
    trace.chunks.push({ offset, index });
  }
  return groups;
}
