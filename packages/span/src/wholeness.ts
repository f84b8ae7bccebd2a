import type { ChunkIndex } from './chunk.ts';
import { Mark } from './chunk.ts';
import { spanIdOfHalves } from './id.ts';
import { IdTable } from './id-table.ts';
import type { SpanId } from './span.ts';
import { SpanKind } from './span.ts';
import type { SpanTable } from './table.ts';
import type { Wholeness } from './verdict.ts';
import { maxMissingNamed } from './verdict.ts';

/** What a verdict needs of each span. A {@link SpanTable} has these columns. */
interface ParentColumns {
  idHi: Uint32Array;
  idLo: Uint32Array;
  parentHi: Uint32Array;
  parentLo: Uint32Array;
  kind: Uint8Array;
  marks: Uint8Array;
}

// Kept between calls: a verdict on 20 spans would otherwise spend its time allocating.
const ids = new IdTable();
const missing = new IdTable();
let withParent = new Uint8Array(0);
const scratch: ParentColumns = columns(0);

/**
 * Whether the spans of these chunks make a whole trace: one root and no missing parent; or no root
 * and one missing parent that is remote, because all its children are SERVER or CONSUMER and none
 * says that its parent is local. Time is linear in spans. Repeated spans change nothing, and an id
 * that is shared by a client and a server (Zipkin) is a root only if neither has a parent.
 */
export function wholeness(indexes: readonly ChunkIndex[]): Wholeness {
  let spans = 0;
  for (const index of indexes) spans += index.marks.length;
  if (spans > scratch.kind.length) Object.assign(scratch, columns(Math.max(1024, 2 * spans)));
  let row = 0;
  for (const index of indexes) row = unpack(index, row);
  return judge(scratch, 0, row);
}

/** {@link wholeness} of rows `from` to `to` (exclusive) of a table. */
export function wholenessOfRows(table: SpanTable, from: number, to: number): Wholeness {
  return judge(table, from, to);
}

function judge(spans: ParentColumns, from: number, to: number): Wholeness {
  ids.reset(to - from);
  if (withParent.length < to - from) withParent = new Uint8Array(Math.max(1024, 2 * (to - from)));
  withParent.fill(0, 0, to - from);
  for (let row = from; row < to; row += 1) {
    const id = ids.add(spans.idHi[row] ?? 0, spans.idLo[row] ?? 0);
    if (spans.parentHi[row] !== 0 || spans.parentLo[row] !== 0) withParent[id] = 1;
  }
  let roots = 0;
  for (let id = 0; id < ids.count; id += 1) if (withParent[id] === 0) roots += 1;

  const missingParents: SpanId[] = [];
  let missingCount = 0;
  let allRemote = true;
  for (let row = from; row < to; row += 1) {
    const hi = spans.parentHi[row] ?? 0;
    const lo = spans.parentLo[row] ?? 0;
    if ((hi === 0 && lo === 0) || ids.find(hi, lo) >= 0) continue;
    if (missingCount === 0) missing.reset(to - row);
    if (missing.add(hi, lo) === missingCount) {
      missingCount += 1;
      if (missingCount <= maxMissingNamed) missingParents.push(spanIdOfHalves(hi, lo));
    }
    allRemote &&= mayHaveRemoteParent(spans.kind[row] ?? 0, spans.marks[row] ?? 0);
  }
  const remoteRoot = roots === 0 && missingCount === 1 && allRemote;
  return {
    complete: (roots === 1 && missingCount === 0) || remoteRoot,
    remoteRoot,
    roots,
    missingParents,
    missingCount,
  };
}

function mayHaveRemoteParent(kind: number, marks: number): boolean {
  const local = (marks & (Mark.parentKnown | Mark.parentRemote)) === Mark.parentKnown;
  return !local && (kind === SpanKind.server || kind === SpanKind.consumer);
}

function unpack(index: ChunkIndex, firstRow: number): number {
  const { spanIds, parentIds, marks } = index;
  for (let at = 0; at < marks.length; at += 1) {
    const row = firstRow + at;
    const mark = marks[at] ?? 0;
    scratch.idHi[row] = word(spanIds, 8 * at);
    scratch.idLo[row] = word(spanIds, 8 * at + 4);
    scratch.parentHi[row] = word(parentIds, 8 * at);
    scratch.parentLo[row] = word(parentIds, 8 * at + 4);
    scratch.kind[row] = mark & Mark.kind;
    scratch.marks[row] = mark;
  }
  return firstRow + marks.length;
}

function word(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0
  );
}

function columns(size: number): ParentColumns {
  return {
    idHi: new Uint32Array(size),
    idLo: new Uint32Array(size),
    parentHi: new Uint32Array(size),
    parentLo: new Uint32Array(size),
    kind: new Uint8Array(size),
    marks: new Uint8Array(size),
  };
}
