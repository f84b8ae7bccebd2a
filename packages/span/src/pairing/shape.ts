import { IdTable } from '../id-table.ts';
import { SpanKind } from '../span.ts';
import type { SpanTable } from '../table.ts';

/** Rows of a table, in `traces` order. */
export type Rows = Int32Array | readonly number[];

/**
 * The tree of one trace. Its spans are numbered from 0; duplicates (same id and kind as an earlier
 * row) have no number. Reused from trace to trace, so that nothing is allocated for one; it holds
 * no table, whose bodies may be 64 MB.
 */
export class TraceShape {
  /** Spans in the tree. */
  count = 0;
  /** Row of the table, and position in the rows that were loaded, by span. */
  row: Int32Array = new Int32Array(0);
  position: Int32Array = new Int32Array(0);
  /** The parent, or -1 for a local root: a span without parent, or whose parent is not here. */
  parent: Int32Array = new Int32Array(0);
  /** Children in descending order of their ends: the first one, then the next of the same parent; -1 ends. */
  firstChild: Int32Array = new Int32Array(0);
  nextSibling: Int32Array = new Int32Array(0);
  /** Nanoseconds from a point near the trace; exact within 104 days of its first span. */
  startNs: Float64Array = new Float64Array(0);
  endNs: Float64Array = new Float64Array(0);
  /** For whoever walks the tree; 0 after `load`. */
  flags: Uint8Array = new Uint8Array(0);

  readonly #ids: IdTable = new IdTable();
  /** By number of the id, its first span; by span, the next one with that id. -1 ends. */
  #firstOfId: Int32Array = new Int32Array(0);
  #nextOfId: Int32Array = new Int32Array(0);
  #byEnd: Int32Array = new Int32Array(0);

  load(table: SpanTable, rows: Rows): void {
    if (rows.length > this.row.length) this.#resize(Math.max(64, 2 * rows.length));
    this.#number(table, rows);
    const count = this.count;
    this.flags.fill(0, 0, count);
    this.firstChild.fill(-1, 0, count);
    for (let span = 0; span < count; span += 1) this.parent[span] = this.#parentOf(table, span);
    this.#setTimes(table);
    this.#linkChildren(table);
  }

  /** The first span with this id, or -1; the others follow by {@link nextWithSameId}. */
  firstWithId(hi: number, lo: number): number {
    const id = this.#ids.find(hi, lo);
    return id < 0 ? -1 : (this.#firstOfId[id] ?? -1);
  }

  nextWithSameId(span: number): number {
    return this.#nextOfId[span] ?? -1;
  }

  #number(table: SpanTable, rows: Rows): void {
    this.#ids.reset(rows.length);
    this.count = 0;
    for (let position = 0; position < rows.length; position += 1) {
      const row = rows[position] ?? 0;
      const knownIds = this.#ids.count;
      const id = this.#ids.add(table.idHi[row] ?? 0, table.idLo[row] ?? 0);
      const first = id === knownIds ? -1 : (this.#firstOfId[id] ?? -1);
      if (first >= 0 && this.#hasKind(table, first, table.kind[row] ?? 0)) continue;
      const span = this.count;
      this.count = span + 1;
      this.row[span] = row;
      this.position[span] = position;
      this.#nextOfId[span] = first;
      this.#firstOfId[id] = span;
    }
  }

  #hasKind(table: SpanTable, firstOfId: number, kind: number): boolean {
    for (let span = firstOfId; span >= 0; span = this.nextWithSameId(span)) {
      if (table.kind[this.row[span] ?? 0] === kind) return true;
    }
    return false;
  }

  #parentOf(table: SpanTable, span: number): number {
    const row = this.row[span] ?? 0;
    const shared = this.#sharedClient(table, span);
    if (shared >= 0) return shared;
    const hi = table.parentHi[row] ?? 0;
    const lo = table.parentLo[row] ?? 0;
    if ((hi === 0 && lo === 0) || (hi === table.idHi[row] && lo === table.idLo[row])) return -1;
    let best = -1;
    let bestRank = -1;
    for (let other = this.firstWithId(hi, lo); other >= 0; other = this.nextWithSameId(other)) {
      const rank = parentRank(table, this.row[other] ?? 0, table.service[row] ?? 0);
      if (rank > bestRank) {
        best = other;
        bestRank = rank;
      }
    }
    return best;
  }

  /** Zipkin lets a server take over the id of its client's span: then that one is its parent. */
  #sharedClient(table: SpanTable, span: number): number {
    const row = this.row[span] ?? 0;
    const kind = table.kind[row];
    if (kind !== SpanKind.server && kind !== SpanKind.consumer) return -1;
    const first = this.firstWithId(table.idHi[row] ?? 0, table.idLo[row] ?? 0);
    if (this.nextWithSameId(first) < 0) return -1;
    const likely = kind === SpanKind.server ? SpanKind.client : SpanKind.producer;
    let found = -1;
    for (let other = first; other >= 0; other = this.nextWithSameId(other)) {
      const otherKind = table.kind[this.row[other] ?? 0];
      if (otherKind === likely) return other;
      if (otherKind === SpanKind.client || otherKind === SpanKind.producer) found = other;
    }
    return found;
  }

  #setTimes(table: SpanTable): void {
    const { count, row, startNs, endNs } = this;
    let baseMs = Number.POSITIVE_INFINITY;
    for (let span = 0; span < count; span += 1) baseMs = Math.min(baseMs, table.startMs[row[span] ?? 0] ?? 0);
    for (let span = 0; span < count; span += 1) {
      const at = row[span] ?? 0;
      const start = ((table.startMs[at] ?? 0) - baseMs) * 1e6 + (table.startSubNs[at] ?? 0);
      startNs[span] = start;
      endNs[span] = start + (table.durationNs[at] ?? 0);
    }
  }

  #linkChildren(table: SpanTable): void {
    const { count, parent, firstChild, nextSibling } = this;
    const byEnd = this.#byEnd;
    for (let span = 0; span < count; span += 1) byEnd[span] = span;
    this.#sortByEnd(table);
    // Ascending ends, each child put in front of those before it.
    for (let at = 0; at < count; at += 1) {
      const span = byEnd[at] ?? 0;
      const above = parent[span] ?? -1;
      if (above < 0) continue;
      nextSibling[span] = firstChild[above] ?? -1;
      firstChild[above] = span;
    }
  }

  #sortByEnd(table: SpanTable): void {
    const byEnd = this.#byEnd;
    // Exporters send spans as they end, so an insertion sort has little to do; it is quadratic if not.
    if (this.count > 48) {
      byEnd.subarray(0, this.count).sort((a, b) => this.#compareEnds(table, a, b));
      return;
    }
    for (let at = 1; at < this.count; at += 1) {
      const span = byEnd[at] ?? 0;
      let to = at;
      while (to > 0 && this.#compareEnds(table, byEnd[to - 1] ?? 0, span) > 0) {
        byEnd[to] = byEnd[to - 1] ?? 0;
        to -= 1;
      }
      byEnd[to] = span;
    }
  }

  /** By end; equal ones by id and kind, so that the order of rows does not matter. */
  #compareEnds(table: SpanTable, a: number, b: number): number {
    const ends = (this.endNs[a] ?? 0) - (this.endNs[b] ?? 0);
    return ends === 0 ? compareIds(table, this.row[a] ?? 0, this.row[b] ?? 0) : ends;
  }

  #resize(size: number): void {
    this.row = new Int32Array(size);
    this.position = new Int32Array(size);
    this.parent = new Int32Array(size);
    this.firstChild = new Int32Array(size);
    this.nextSibling = new Int32Array(size);
    this.startNs = new Float64Array(size);
    this.endNs = new Float64Array(size);
    this.flags = new Uint8Array(size);
    this.#firstOfId = new Int32Array(size);
    this.#nextOfId = new Int32Array(size);
    this.#byEnd = new Int32Array(size);
  }
}

/** Which of several spans with the parent's id is the parent: one of the child's service, else the innermost. */
function parentRank(table: SpanTable, row: number, childService: number): number {
  return (table.service[row] === childService ? 8 : 0) + (innermost[table.kind[row] ?? 0] ?? 0);
}

/** By span kind: a server works inside the call of the client whose id it shares. */
const innermost: readonly number[] = [3, 4, 6, 2, 1, 5];

function compareIds(table: SpanTable, a: number, b: number): number {
  return (
    (table.idHi[a] ?? 0) - (table.idHi[b] ?? 0) ||
    (table.idLo[a] ?? 0) - (table.idLo[b] ?? 0) ||
    (table.kind[a] ?? 0) - (table.kind[b] ?? 0)
  );
}
