import type { Figures, TraceRows } from '../figures.ts';
import type { TraceId } from '../span.ts';
import type { SpanTable } from '../table.ts';
import { findCalls } from './calls.ts';
import { rowsOf } from './duplicates.ts';
import { EdgeSums } from './edge-sums.ts';
import { OperationSums } from './operation-sums.ts';
import type { Rows } from './shape.ts';
import { TraceShape } from './shape.ts';

/**
 * Sums the figures of many traces, whose spans are in one table. Where late spans N of a trace come
 * after E, its figures change by figures(E ∪ N) − figures(E): add the rows of both, E first, with
 * +1, and those of E with -1.
 */
export class FigureSums {
  readonly #table: SpanTable;
  readonly #shape: TraceShape = new TraceShape();
  readonly #edges: EdgeSums;
  readonly #operations: OperationSums;

  constructor(table: SpanTable) {
    this.#table = table;
    this.#edges = new EdgeSums(table);
    this.#operations = new OperationSums(table);
  }

  /**
   * Adds (`sign` 1) or takes away (-1) the figures of one trace, whose spans are `rows`. Of spans
   * with the same id and kind the first row counts; otherwise the order of rows changes nothing but
   * which of equal traces is an exemplar. Only what is added gives exemplars.
   */
  add(traceId: TraceId, rows: Rows, sign: 1 | -1): void {
    this.#shape.load(this.#table, rows);
    this.#edges.begin(traceId, sign);
    findCalls(this.#table, this.#shape, traceId, this.#edges);
    this.#operations.add(this.#shape, sign);
  }

  /** The sums so far. Keys whose every sum is zero are left out; nothing else is. */
  figures(): Figures {
    return { edges: this.#edges.figures(), operations: this.#operations.figures() };
  }
}

/** The figures of these traces, all of them added. */
export function figuresOf(table: SpanTable, traces: readonly TraceRows[]): Figures {
  const sums = new FigureSums(table);
  for (const trace of traces) sums.add(trace.traceId, rowsOf(trace), 1);
  return sums.figures();
}
