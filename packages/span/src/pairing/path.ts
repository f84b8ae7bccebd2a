import type { SpanTable } from '../table.ts';
import type { Rows } from './shape.ts';
import { TraceShape } from './shape.ts';

/** Nanoseconds of a span in which none of its children was running. Children are clipped to the span. */
export function selfTimeNs(shape: TraceShape, span: number): number {
  const startNs = shape.startNs[span] ?? 0;
  let cursor = shape.endNs[span] ?? 0;
  let self = 0;
  // Children come by descending end, so what lies between one and the cursor is covered by none.
  for (let child = shape.firstChild[span] ?? -1; child >= 0; child = shape.nextSibling[child] ?? -1) {
    const from = Math.max(shape.startNs[child] ?? 0, startNs);
    const to = Math.min(shape.endNs[child] ?? 0, cursor);
    if (from >= cursor || to < from) continue;
    self += cursor - to;
    cursor = from;
  }
  return self + cursor - startNs;
}

/** Computes critical paths; reuses its memory. */
export class PathFinder {
  /** Nanoseconds by span, after `find`. */
  onPathNs: Float64Array = new Float64Array(0);
  #span: Int32Array = new Int32Array(0);
  #fromNs: Float64Array = new Float64Array(0);
  #toNs: Float64Array = new Float64Array(0);

  /**
   * Fills {@link onPathNs}. From the end of each local root it walks back: the child that was the
   * last to end before the cursor is on the path, with its own children in turn, and the cursor
   * moves to its start; what lies between belongs to the parent. Children are clipped to their
   * parents' part of the path, so the spans under a root add up to its duration, whatever the
   * clocks said. A child outside its parent (an asynchronous one) is not on the path.
   */
  find(shape: TraceShape): void {
    if (this.onPathNs.length < shape.count) this.#resize(2 * shape.count);
    this.onPathNs.fill(0, 0, shape.count);
    let open = 0;
    for (let span = 0; span < shape.count; span += 1) {
      if (shape.parent[span] === -1) open = this.#push(open, span, shape.startNs[span] ?? 0, shape.endNs[span] ?? 0);
    }
    // Each span is pushed at most once, as it has one parent: the stack never outgrows the trace.
    while (open > 0) open = this.#visit(shape, open - 1);
  }

  #visit(shape: TraceShape, top: number): number {
    const span = this.#span[top] ?? 0;
    const fromNs = this.#fromNs[top] ?? 0;
    let cursor = this.#toNs[top] ?? 0;
    const windowEnd = cursor;
    let own = 0;
    let open = top;
    for (let child = shape.firstChild[span] ?? -1; child >= 0; child = shape.nextSibling[child] ?? -1) {
      const childFrom = Math.max(shape.startNs[child] ?? 0, fromNs);
      const childTo = Math.min(shape.endNs[child] ?? 0, windowEnd);
      if (childTo > cursor || childFrom >= childTo) continue;
      own += cursor - childTo;
      cursor = childFrom;
      open = this.#push(open, child, childFrom, childTo);
    }
    this.onPathNs[span] = own + cursor - fromNs;
    return open;
  }

  #push(open: number, span: number, fromNs: number, toNs: number): number {
    this.#span[open] = span;
    this.#fromNs[open] = fromNs;
    this.#toNs[open] = toNs;
    return open + 1;
  }

  #resize(size: number): void {
    this.onPathNs = new Float64Array(size);
    this.#span = new Int32Array(size);
    this.#fromNs = new Float64Array(size);
    this.#toNs = new Float64Array(size);
  }
}

/**
 * Nanoseconds that each span of a trace spends on its critical path, one entry for each of `rows`;
 * 0 for duplicates. See {@link PathFinder.find} for how it is found.
 */
export function criticalPath(table: SpanTable, rows: Rows): Float64Array {
  const shape = new TraceShape();
  shape.load(table, rows);
  const finder = new PathFinder();
  finder.find(shape);
  const onPathNs = new Float64Array(rows.length);
  for (let span = 0; span < shape.count; span += 1) {
    onPathNs[shape.position[span] ?? 0] = finder.onPathNs[span] ?? 0;
  }
  return onPathNs;
}
