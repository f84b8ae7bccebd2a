import type { SpanTable } from '../table.ts';
import type { Rows } from './shape.ts';
import { TraceShape } from './shape.ts';

// Kept between calls, as it is called for every trace.
const shape = new TraceShape();

/**
 * The rows of one trace without duplicates, in the order given: of spans with the same id and kind
 * the first stays. `dropped` counts the others.
 */
export function dropDuplicates(table: SpanTable, rows: Rows): { rows: Int32Array; dropped: number } {
  shape.load(table, rows);
  return { rows: shape.row.slice(0, shape.count), dropped: rows.length - shape.count };
}

/** The rows of some ranges (`to` exclusive), one after the other. */
export function rowsOf(...ranges: readonly { readonly from: number; readonly to: number }[]): Int32Array {
  let count = 0;
  for (const { from, to } of ranges) count += to - from;
  const rows = new Int32Array(count);
  let at = 0;
  for (const { from, to } of ranges) {
    for (let row = from; row < to; row += 1) {
      rows[at] = row;
      at += 1;
    }
  }
  return rows;
}
