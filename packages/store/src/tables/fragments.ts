import { nativeBlock } from '../native/block.ts';
import type { NativeColumn } from '../native/block.ts';
import { arrays, fixedStrings, integers, longs, lowCardinality, textLists, writeLongs } from '../native/columns.ts';
import type { Batch, FragmentRow } from '../port.ts';
import { traceIdBytes, noTraceId } from './figures.ts';
import { markerRow, withMarker } from './marked.ts';
import { markerColumns, tableTail } from './options.ts';
import type { TableOptions } from './options.ts';
import { looksOf } from './fragment-looks.ts';
import { longestSpansColumns, noLongestSpans, operationHashes } from './longest-spans.ts';
import { dataTableOf } from './table.ts';
import type { Table } from './table.ts';

const dataTable = dataTableOf('fragments');

/** One row per record of `traces`: which chunks it brought, and what a list shows of it. */
export const fragments: Table = { name: 'fragments', dataTable, keeps: 'traces', create, block };

const flags = ['complete', 'remote_root', 'late', 'unlinked', 'time_shifted', 'truncated', 'has_root'] as const;
const counts = ['roots', 'missing_count', 'part', 'parts', 'spans', 'errors', 'duplicate_spans'] as const;
const root = ['root_environment', 'root_namespace', 'root_service', 'root_operation'] as const;

function create(options: TableOptions): string[] {
  return [
    `CREATE TABLE IF NOT EXISTS ${dataTable} (
  ${markerColumns},
  marker_b UInt64 CODEC(ZSTD(1)),
  trace_id FixedString(16) CODEC(ZSTD(1)),
  stream LowCardinality(String) CODEC(ZSTD(1)),
  partition Int32 CODEC(ZSTD(1)),
  position Int64 CODEC(Delta, ZSTD(1)),
  append_time DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  chunk_offsets Array(Int64) CODEC(ZSTD(1)),
  last_chunk_offset Int64 CODEC(Delta, ZSTD(1)),
  reason LowCardinality(String) CODEC(ZSTD(1)),
  missing_parents Array(FixedString(8)) CODEC(ZSTD(1)),
  start_ns UInt64 CODEC(Delta, ZSTD(1)),
  end_ns UInt64 CODEC(Delta, ZSTD(1)),
  services Array(LowCardinality(String)) CODEC(ZSTD(1)),
  ${root.map((name) => `${name} LowCardinality(String) CODEC(ZSTD(1))`).join(',\n  ')},
  ${counts.map((name) => `${name} UInt32 CODEC(ZSTD(1))`).join(',\n  ')},
  ${flags.map((name) => `${name} UInt8 CODEC(ZSTD(1))`).join(',\n  ')},
  INDEX append_time append_time TYPE minmax GRANULARITY 1,
  INDEX last_chunk_offset last_chunk_offset TYPE minmax GRANULARITY 1
)
${tableTail(dataTable, options, {
  keeps: 'traces',
  family: 'ReplacingMergeTree',
  version: 'marker_b',
  orderBy: 'marker, trace_id, stream, partition, position',
  // A trace is a row or two; the 20 of a page would be read out of a third of the table.
  granularity: 1024,
})}`,
    `CREATE OR REPLACE VIEW fragments AS
SELECT day, f.trace_id AS trace_key, lower(hex(f.trace_id)) AS trace_id, stream, partition, position, append_time,
  chunk_offsets, reason, ${counts.join(', ')}, ${flags.join(', ')}, ${root.join(', ')},
  arrayMap(id -> lower(hex(id)), f.missing_parents) AS missing_parents,
  fromUnixTimestamp64Nano(toInt64(least(start_ns, 9223372036854775807)), 'UTC') AS start,
  end_ns - start_ns AS duration_ns, services
FROM ${dataTable} AS f
WHERE marker = ''`,
  ];
}

function block(batch: Batch): Uint8Array {
  const rows = batch.fragments;
  const hashOf = operationHashes(batch.spans);
  const seen = rows.map((fragment) => looksOf(batch.spans, fragment, hashOf));
  const offsets = rows.map((fragment) => fragment.chunkOffsets);
  const missing = rows.map((fragment) => fragment.wholeness.missingParents);
  const count = (name: (typeof counts)[number], values: readonly number[]): NativeColumn =>
    integers(name, 'UInt32', withMarker(values, 0));
  const flag = (name: (typeof flags)[number], value: (fragment: FragmentRow) => boolean): NativeColumn =>
    integers(
      name,
      'UInt8',
      withMarker(
        rows.map((fragment) => Number(value(fragment))),
        0,
      ),
    );
  const text = (name: string, values: readonly string[]): NativeColumn => lowCardinality(name, withMarker(values, ''));
  return nativeBlock(rows.length + 1, [
    ...markerRow(batch.id, rows.length),
    fixedStrings(
      'trace_id',
      16,
      withMarker(
        rows.map((fragment) => traceIdBytes(fragment.traceId)),
        noTraceId,
      ),
    ),
    text(
      'stream',
      rows.map(() => batch.id.stream),
    ),
    integers(
      'partition',
      'Int32',
      withMarker(
        rows.map(() => batch.id.partition),
        0,
      ),
    ),
    longs(
      'position',
      'Int64',
      withMarker(
        rows.map((fragment) => fragment.position),
        0,
      ),
    ),
    longs(
      'append_time',
      "DateTime64(3, 'UTC')",
      withMarker(
        rows.map(() => batch.id.appendTimeMs),
        0,
      ),
    ),
    arrays(
      'chunk_offsets',
      'Int64',
      withMarker(
        offsets.map((list) => list.length),
        0,
      ),
      (bytes) => writeLongs(bytes, offsets.flat()),
    ),
    longs(
      'last_chunk_offset',
      'Int64',
      withMarker(
        offsets.map((list) => list.reduce(larger, -1)),
        -1,
      ),
    ),
    text(
      'reason',
      rows.map((fragment) => fragment.reason),
    ),
    arrays(
      'missing_parents',
      'FixedString(8)',
      withMarker(
        missing.map((list) => list.length),
        0,
      ),
      (bytes) => {
        for (const id of missing.flat()) bytes.copy(Buffer.from(id, 'hex'), 0, 8);
      },
    ),
    longs(
      'start_ns',
      'UInt64',
      withMarker(
        seen.map((look) => look.startNs),
        0n,
      ),
    ),
    longs(
      'end_ns',
      'UInt64',
      withMarker(
        seen.map((look) => look.endNs),
        0n,
      ),
    ),
    textLists(
      'services',
      withMarker(
        seen.map((look) => [...look.longest.services.keys()]),
        [],
      ),
    ),
    text(
      'root_environment',
      seen.map((look) => look.service.environment),
    ),
    text(
      'root_namespace',
      seen.map((look) => look.service.namespace),
    ),
    text(
      'root_service',
      seen.map((look) => look.service.name),
    ),
    text(
      'root_operation',
      seen.map((look) => look.operation),
    ),
    count(
      'roots',
      rows.map((fragment) => fragment.wholeness.roots),
    ),
    count(
      'missing_count',
      rows.map((fragment) => fragment.wholeness.missingCount),
    ),
    count(
      'part',
      rows.map((fragment) => fragment.part),
    ),
    count(
      'parts',
      rows.map((fragment) => fragment.parts),
    ),
    count(
      'spans',
      seen.map((look) => look.spans),
    ),
    count(
      'errors',
      seen.map((look) => look.errors),
    ),
    count(
      'duplicate_spans',
      rows.map((fragment) => fragment.duplicateSpans),
    ),
    flag('complete', (fragment) => fragment.wholeness.complete),
    flag('remote_root', (fragment) => fragment.wholeness.remoteRoot),
    flag('late', (fragment) => fragment.late),
    flag('unlinked', (fragment) => fragment.unlinked),
    flag('time_shifted', (fragment) => fragment.timeShifted),
    flag('truncated', (fragment) => fragment.truncated),
    integers(
      'has_root',
      'UInt8',
      withMarker(
        seen.map((look) => Number(look.hasRoot)),
        0,
      ),
    ),
    ...longestSpansColumns(
      withMarker(
        seen.map((look) => look.longest),
        noLongestSpans,
      ),
    ),
  ]);
}

function larger(a: number, b: number): number {
  return Math.max(a, b);
}
