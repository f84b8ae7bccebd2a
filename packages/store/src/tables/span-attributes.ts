import type { SpanTable } from '@spanloom/span';
import { StoreError } from '../errors.ts';
import type { NativeColumn } from '../native/block.ts';
import type { Bytes } from '../native/bytes.ts';
import { writeEnds } from '../native/columns.ts';
import { lowCardinalityData, lowCardinalityVersion } from '../native/low-cardinality.ts';
import { SpanParts } from '../span-bytes/take-apart.ts';

/** The columns that come out of the bytes of the spans: attributes, their types, the status message, the rest. */
export function attributeColumns(table: SpanTable, rows: Int32Array): NativeColumn[] {
  const parts = partsOf(table, rows);
  return [
    {
      name: 'attributes',
      type: 'Map(LowCardinality(String), String)',
      write(bytes) {
        lowCardinalityVersion(bytes);
        writeEnds(bytes, parts.counts);
        lowCardinalityData(bytes, parts.keyIds.subarray(0, parts.keyCount), parts.keys.size, (into, id) =>
          parts.keys.write(into, id),
        );
        append(bytes, parts.values);
      },
    },
    { name: 'attribute_types', type: 'String', write: (bytes) => append(bytes, parts.types) },
    {
      name: 'status_message',
      type: 'String',
      write: (bytes) => append(bytes, parts.statusMessages),
    },
    { name: 'rest', type: 'String', write: (bytes) => append(bytes, parts.rests) },
  ];
}

function partsOf(table: SpanTable, rows: Int32Array): SpanParts {
  let spanBytes = 0;
  for (const row of rows) if (row !== -1) spanBytes += (table.to[row] ?? 0) - (table.from[row] ?? 0);
  const parts = new SpanParts(rows.length, spanBytes);
  // U+FFFD is what a decoder puts for bytes that are no UTF-8: such a name is kept as it came.
  const exactNames = table.strings.values.map((name) => !name.includes('\uFFFD'));
  const inColumns = { name: false, endMs: 0, endSubNs: 0 };
  for (const row of rows) {
    const body = row === -1 ? undefined : table.bodies[table.body[row] ?? -1];
    if (body === undefined) {
      parts.addEmpty();
      continue;
    }
    const subNs = (table.startSubNs[row] ?? 0) + (table.durationNs[row] ?? 0);
    inColumns.name = exactNames[table.name[row] ?? -1] ?? false;
    inColumns.endMs = (table.startMs[row] ?? 0) + Math.floor(subNs / 1_000_000);
    inColumns.endSubNs = subNs % 1_000_000;
    if (!parts.add(body, table.from[row] ?? 0, table.to[row] ?? 0, inColumns))
      throw new StoreError(`the bytes of the span in row ${row} are no Span message`, 'refused');
  }
  return parts;
}

function append(bytes: Bytes, more: Bytes): void {
  bytes.copy(more.raw, 0, more.length);
}
