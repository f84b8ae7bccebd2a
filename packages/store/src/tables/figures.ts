import type { TraceId } from '@spanloom/span';

/** Sums may be negative: a correction takes back what was counted before. */
export const sumType = 'SimpleAggregateFunction(sum, Int64)';
export const histogramType = 'SimpleAggregateFunction(sumMap, Map(Int16, Int64))';

/** Stands for "no trace" in a column of ids. */
export const noTraceId: Uint8Array = new Uint8Array(16);

export function traceIdBytes(id: TraceId | null | undefined): Uint8Array {
  return id === null || id === undefined ? noTraceId : Buffer.from(id, 'hex');
}

/** Unix seconds of a Unix minute, held within what DateTime can: 1970 to 2106. */
export function secondsOfMinutes(minute: number): number {
  return Math.min(Math.max(0, minute), 71_582_788) * 60;
}
