import { dates, longs, lowCardinality } from '../native/columns.ts';
import type { NativeColumn } from '../native/block.ts';
import type { BatchId } from '../port.ts';
import { dayOf, markerOf } from './table.ts';

/** `values` with the value of the marker row behind them. */
export function withMarker<T>(values: readonly T[], marker: T): T[] {
  return [...values, marker];
}

/** The columns `marker`, `day` and `marker_b` of `rows` rows of data and the marker row behind them. */
export function markerRow(id: BatchId, rows: number, markerBType = 'UInt64'): NativeColumn[] {
  const marker: string[] = Array.from({ length: rows + 1 }, () => '');
  marker[rows] = markerOf(id);
  const markerB: number[] = Array.from({ length: rows + 1 }, () => 0);
  markerB[rows] = id.b;
  return [
    lowCardinality('marker', marker),
    dates('day', new Uint16Array(rows + 1).fill(dayOf(id))),
    longs('marker_b', markerBType, markerB),
  ];
}
