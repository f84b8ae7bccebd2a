/**
 * Columns whose rows are picked out of a {@link SpanTable} by number. A row number of -1 is the
 * marker row: it gets the value that the type has by default.
 */
import type { Service, SpanTable } from '@spanloom/span';
import type { NativeColumn } from '../native/block.ts';
import type { Bytes } from '../native/bytes.ts';
import { arrays } from '../native/columns.ts';
import { lowCardinalityData, lowCardinalityVersion } from '../native/low-cardinality.ts';
import type { Batch, FragmentRow } from '../port.ts';
import { writeNanoseconds } from '../span-bytes/take-apart.ts';
import { traceIdBytes } from './figures.ts';

/** Which rows of the table a batch stores, in order, the marker row last. */
export interface BatchRows {
  readonly rows: Int32Array;
  /** Offset in `traces` of the fragment of each row. */
  readonly positions: Float64Array;
  /** The row's number within its fragment, duplicates included. */
  readonly ordinals: Uint32Array;
  readonly traceIds: NativeColumn;
  /** The values of these rows. */
  pick(values: Float64Array | Int32Array): Float64Array;
}

export function batchRows(batch: Batch): BatchRows {
  const count = batch.fragments.reduce((sum, fragment) => sum + rowCount(fragment), 1);
  const rows = new Int32Array(count).fill(-1);
  const positions = new Float64Array(count);
  const ordinals = new Uint32Array(count);
  let at = 0;
  for (const fragment of batch.fragments) {
    eachRow(fragment, (row) => {
      rows[at] = row;
      positions[at] = fragment.position;
      ordinals[at] = row - fragment.from;
      at++;
    });
  }
  return {
    rows,
    positions,
    ordinals,
    traceIds: traceIdsOf(batch.fragments),
    pick(values) {
      const picked = new Float64Array(count);
      for (let i = 0; i < count; i++) picked[i] = valueAt(values, rows[i] ?? -1);
      return picked;
    },
  };
}

/** The value in a row. Asked for index -1, a typed array would leave its fast path for good. */
function valueAt(values: Float64Array | Int32Array | Uint32Array | Uint8Array, row: number): number {
  return row === -1 ? 0 : (values[row] ?? 0);
}

/** How many rows of the table the fragment stores. */
export function rowCount(fragment: FragmentRow): number {
  return fragment.rows?.length ?? fragment.to - fragment.from;
}

/** Calls `visit` with each row of the table that the fragment stores. */
export function eachRow(fragment: FragmentRow, visit: (row: number) => void): void {
  if (fragment.rows !== undefined) fragment.rows.forEach(visit);
  else for (let row = fragment.from; row < fragment.to; row++) visit(row);
}

const nobody: Service = { environment: '', namespace: '', name: '' };

/** The service of a span; one without names where there is no such row. */
export function serviceAt(table: SpanTable, row: number): Service {
  return table.services.values[table.service[row] ?? -1] ?? nobody;
}

function traceIdsOf(fragments: readonly FragmentRow[]): NativeColumn {
  return {
    name: 'trace_id',
    type: 'FixedString(16)',
    write(bytes) {
      for (const fragment of fragments) {
        const id = traceIdBytes(fragment.traceId);
        for (let left = rowCount(fragment); left > 0; left--) bytes.copy(id, 0, 16);
      }
      bytes.raw.fill(0, bytes.reserve(16), bytes.length);
    },
  };
}

/** `FixedString(8)` from big-endian halves. */
export function ids(name: string, hi: Uint32Array, lo: Uint32Array, rows: Int32Array): NativeColumn {
  return {
    name,
    type: 'FixedString(8)',
    write(bytes) {
      let at = bytes.reserve(rows.length * 8);
      const { view } = bytes;
      for (const row of rows) {
        view.setUint32(at, valueAt(hi, row), false);
        view.setUint32(at + 4, valueAt(lo, row), false);
        at += 8;
      }
    },
  };
}

export function uint8s(name: string, values: Uint8Array, rows: Int32Array): NativeColumn {
  return {
    name,
    type: 'UInt8',
    write(bytes) {
      let at = bytes.reserve(rows.length);
      const { raw } = bytes;
      for (const row of rows) raw[at++] = valueAt(values, row);
    },
  };
}

/** `UInt64` of whole milliseconds and the nanoseconds beyond them. */
export function nanoseconds(name: string, ms: Float64Array, subNs: Uint32Array, rows: Int32Array): NativeColumn {
  return {
    name,
    type: 'UInt64',
    write(bytes) {
      let at = bytes.reserve(rows.length * 8);
      const { view } = bytes;
      for (const row of rows) {
        writeNanoseconds(view, at, valueAt(ms, row), valueAt(subNs, row));
        at += 8;
      }
    },
  };
}

/** Integers of 64 bits from whole numbers not below 0. */
export function doubles(name: string, type: 'Int64' | 'UInt64', values: Float64Array): NativeColumn {
  return {
    name,
    type,
    write(bytes) {
      let at = bytes.reserve(values.length * 8);
      const { view } = bytes;
      for (const value of values) {
        view.setUint32(at, value % 4_294_967_296, true);
        view.setUint32(at + 4, Math.floor(value / 4_294_967_296), true);
        at += 8;
      }
    },
  };
}

/** `LowCardinality(String)` from numbers of the table's strings; `undefined` is the empty string. */
export function stringColumn(
  name: string,
  table: SpanTable,
  rows: Int32Array,
  idOf: (row: number) => number | undefined,
): NativeColumn {
  const strings = table.strings.values;
  return {
    name,
    type: 'LowCardinality(String)',
    write(bytes) {
      lowCardinalityVersion(bytes);
      const ids = new Int32Array(rows.length);
      for (let i = 0; i < ids.length; i++) {
        const row = rows[i] ?? -1;
        ids[i] = row === -1 ? strings.length : (idOf(row) ?? strings.length);
      }
      lowCardinalityData(bytes, ids, strings.length + 1, (into, id) => into.string(strings[id] ?? ''));
    },
  };
}

/** `LowCardinality(String)` of the text that `textOf` gives for each distinct value. */
export function textBy<T>(
  name: string,
  column: Int32Array,
  rows: Int32Array,
  values: readonly T[],
  textOf: (value: T) => string,
): NativeColumn {
  return dictionary(name, 'LowCardinality(String)', column, rows, {
    texts: values.map(textOf),
    none: '',
    write: (bytes, text) => bytes.string(text),
  });
}

/** `LowCardinality(FixedString(16))` of the 16 bytes that `idOf` gives for each distinct value, in hexadecimal. */
export function idBy<T>(
  name: string,
  column: Int32Array,
  rows: Int32Array,
  values: readonly T[],
  idOf: (value: T) => string,
): NativeColumn {
  return dictionary(name, 'LowCardinality(FixedString(16))', column, rows, {
    texts: values.map(idOf),
    none: '0'.repeat(32),
    write: (bytes, id) => bytes.copy(Buffer.from(id, 'hex'), 0, 16),
  });
}

/** Distinct values may share a text (two services of one environment): keys must not repeat. */
function dictionary(
  name: string,
  type: string,
  column: Int32Array,
  rows: Int32Array,
  keys: {
    readonly texts: readonly string[];
    readonly none: string;
    write(bytes: Bytes, text: string): void;
  },
): NativeColumn {
  const distinct = [...new Set([...keys.texts, keys.none])];
  const known = new Map(distinct.map((text, id) => [text, id]));
  const none = known.get(keys.none) ?? 0;
  const idOf = Int32Array.from(keys.texts, (text) => known.get(text) ?? none);
  return {
    name,
    type,
    write(bytes) {
      lowCardinalityVersion(bytes);
      const ids = new Int32Array(rows.length);
      for (let i = 0; i < ids.length; i++) {
        const row = rows[i] ?? -1;
        ids[i] = row === -1 ? none : (idOf[column[row] ?? 0] ?? none);
      }
      lowCardinalityData(bytes, ids, distinct.length, (into, id) => keys.write(into, distinct[id] ?? keys.none));
    },
  };
}

/** Ids of the traces that the span in each row links to, each once. */
export function linkedTraces(name: string, table: SpanTable, rows: Int32Array): NativeColumn {
  const none: readonly string[] = [];
  const ids = Array.from(rows, (row) => {
    const links = table.links.get(row);
    return links === undefined ? none : [...new Set(links.map((link) => link.traceId))];
  });
  return arrays(
    name,
    'FixedString(16)',
    ids.map((list) => list.length),
    (bytes) => {
      for (const id of ids.flat()) bytes.copy(traceIdBytes(id), 0, 16);
    },
  );
}
