import { nativeBlock } from '../native/block.ts';
import type { NativeColumn } from '../native/block.ts';
import { dates, integers, sameText } from '../native/columns.ts';
import type { Batch } from '../port.ts';
import { markerColumns, tableTail } from './options.ts';
import type { TableOptions } from './options.ts';
import { attributeColumns } from './span-attributes.ts';
import {
  batchRows,
  doubles,
  idBy,
  ids,
  linkedTraces,
  nanoseconds,
  stringColumn,
  textBy,
  uint8s,
} from './span-columns.ts';
import { originId } from '../span-bytes/origin.ts';
import { dataTableOf, dayOf, markerOf } from './table.ts';
import type { Table } from './table.ts';

const dataTable = dataTableOf('spans');

/** Every span, in the order of its trace: what the queries by trace and by attribute read. */
export const spans: Table = { name: 'spans', dataTable, keeps: 'traces', create, block };

function create(options: TableOptions): string[] {
  return [
    `CREATE TABLE IF NOT EXISTS ${dataTable} (
  ${markerColumns},
  marker_b UInt64 CODEC(ZSTD(1)),
  trace_id FixedString(16) CODEC(ZSTD(1)),
  stream LowCardinality(String) CODEC(ZSTD(1)),
  partition Int32 CODEC(ZSTD(1)),
  position Int64 CODEC(Delta, ZSTD(1)),
  ordinal UInt32 CODEC(Delta, ZSTD(1)),
  span_id FixedString(8) CODEC(ZSTD(1)),
  parent_span_id FixedString(8) CODEC(ZSTD(1)),
  kind UInt8 CODEC(ZSTD(1)),
  status UInt8 CODEC(ZSTD(1)),
  status_message String CODEC(ZSTD(1)),
  start_ns UInt64 CODEC(Delta, ZSTD(1)),
  duration_ns UInt64 CODEC(T64, ZSTD(1)),
  minute Int32 CODEC(Delta, ZSTD(1)),
  weight UInt64 CODEC(T64, ZSTD(1)),
  environment LowCardinality(String) CODEC(ZSTD(1)),
  namespace LowCardinality(String) CODEC(ZSTD(1)),
  service LowCardinality(String) CODEC(ZSTD(1)),
  name LowCardinality(String) CODEC(ZSTD(1)),
  operation LowCardinality(String) CODEC(ZSTD(1)),
  peer_kind UInt8 CODEC(ZSTD(1)),
  peer LowCardinality(String) CODEC(ZSTD(1)),
  resource_id LowCardinality(FixedString(16)) CODEC(ZSTD(1)),
  attributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  attribute_types String CODEC(ZSTD(1)),
  rest String CODEC(ZSTD(1)),
  INDEX start_ns start_ns TYPE minmax GRANULARITY 1,
  INDEX attribute_keys mapKeys(attributes) TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX attribute_values mapValues(attributes) TYPE bloom_filter(0.01) GRANULARITY 1
)
${tableTail(dataTable, options, {
  keeps: 'traces',
  family: 'ReplacingMergeTree',
  version: 'marker_b',
  orderBy: 'marker, trace_id, stream, partition, position, ordinal',
})}`,
    `CREATE OR REPLACE VIEW spans AS
SELECT day, s.trace_id AS trace_key, lower(hex(s.trace_id)) AS trace_id, lower(hex(s.span_id)) AS span_id,
  if(s.parent_span_id = toFixedString('', 8), '', lower(hex(s.parent_span_id))) AS parent_span_id,
  fromUnixTimestamp64Nano(toInt64(least(start_ns, 9223372036854775807)), 'UTC') AS start, duration_ns,
  environment, namespace, service, name, operation,
  transform(s.kind, [1, 2, 3, 4, 5], ['internal', 'server', 'client', 'producer', 'consumer'], 'unspecified') AS kind,
  transform(s.status, [1, 2], ['ok', 'error'], 'unset') AS status, status_message,
  peer, weight, attributes, resource_id
FROM ${dataTable} AS s
WHERE marker = ''`,
  ];
}

/** The traces that a span links to: so that a trace can name those that come from it. Nearly always empty. */
export function addLinkedTraces(): string[] {
  return [
    `ALTER TABLE ${dataTable} ADD COLUMN IF NOT EXISTS linked_traces Array(FixedString(16)) CODEC(ZSTD(1))`,
    `ALTER TABLE ${dataTable} ADD INDEX IF NOT EXISTS linked_traces linked_traces TYPE bloom_filter(0.01) GRANULARITY 1`,
  ];
}

/**
 * Statements that put an index of 32 granules each in the place of that of {@link addLinkedTraces}, with one of each:
 * what links to a trace is asked with every trace, and mostly nothing does, so it is the size of the index that counts.
 */
export function indexLinkedTracesCoarsely(): string[] {
  return [
    `ALTER TABLE ${dataTable} ADD INDEX IF NOT EXISTS links linked_traces TYPE bloom_filter(0.01) GRANULARITY 32`,
    // In the background: what is not indexed yet is read.
    `ALTER TABLE ${dataTable} MATERIALIZE INDEX links SETTINGS mutations_sync = 0`,
    `ALTER TABLE ${dataTable} DROP INDEX IF EXISTS linked_traces SETTINGS mutations_sync = 0`,
  ];
}

function block(batch: Batch): Uint8Array {
  const rows = batchRows(batch);
  const table = batch.spans;
  const count = rows.rows.length;
  const markerB = new Float64Array(count);
  markerB[count - 1] = batch.id.b;
  const services = table.services.values;
  const columns: NativeColumn[] = [
    sameText('marker', count, '', markerOf(batch.id)),
    dates('day', new Uint16Array(count).fill(dayOf(batch.id))),
    doubles('marker_b', 'UInt64', markerB),
    rows.traceIds,
    sameText('stream', count, batch.id.stream),
    integers('partition', 'Int32', new Int32Array(count).fill(batch.id.partition)),
    doubles('position', 'Int64', rows.positions),
    integers('ordinal', 'UInt32', rows.ordinals),
    ids('span_id', table.idHi, table.idLo, rows.rows),
    ids('parent_span_id', table.parentHi, table.parentLo, rows.rows),
    uint8s('kind', table.kind, rows.rows),
    uint8s('status', table.status, rows.rows),
    nanoseconds('start_ns', table.startMs, table.startSubNs, rows.rows),
    doubles('duration_ns', 'UInt64', rows.pick(table.durationNs)),
    integers('minute', 'Int32', rows.pick(table.minute)),
    doubles('weight', 'UInt64', rows.pick(table.weight)),
    textBy('environment', table.service, rows.rows, services, (service) => service.environment),
    textBy('namespace', table.service, rows.rows, services, (service) => service.namespace),
    textBy('service', table.service, rows.rows, services, (service) => service.name),
    stringColumn('name', table, rows.rows, (row) => table.name[row]),
    stringColumn('operation', table, rows.rows, (row) => table.operation[row]),
    uint8s('peer_kind', table.peerKind, rows.rows),
    stringColumn('peer', table, rows.rows, (row) => (table.peerKind[row] === 0 ? undefined : table.peer[row])),
    idBy('resource_id', table.origin, rows.rows, table.origins.values, originId),
    linkedTraces('linked_traces', table, rows.rows),
    ...attributeColumns(table, rows.rows),
  ];
  return nativeBlock(count, columns);
}
