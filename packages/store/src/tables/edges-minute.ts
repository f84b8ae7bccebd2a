import type { EdgeFigures, Service } from '@spanloom/span';
import { nativeBlock } from '../native/block.ts';
import type { NativeColumn } from '../native/block.ts';
import { dateTimes, fixedStrings, histograms, longs, lowCardinality, tuples, typed } from '../native/columns.ts';
import type { Batch } from '../port.ts';
import { secondsOfMinutes, sumType, histogramType, traceIdBytes, noTraceId } from './figures.ts';
import { markerRow, withMarker } from './marked.ts';
import { markerColumns, tableTail } from './options.ts';
import type { TableOptions } from './options.ts';
import { dataTableOf } from './table.ts';
import type { Table } from './table.ts';

const dataTable = dataTableOf('edges_minute');
const slowestType = 'SimpleAggregateFunction(max, Tuple(Int64, FixedString(16)))';
const failedType = 'SimpleAggregateFunction(max, FixedString(16))';
const key = `client_environment, client_namespace, client_service,
  server_environment, server_namespace, server_service, kind, server_operation`;
const sums = ['calls', 'sampled_calls', 'client_errors', 'server_errors', 'unpaired'] as const;

/** Call edges by minute: one row per contributing block until merges sum them up. */
export const edgesMinute: Table = { name: 'edges_minute', dataTable, keeps: 'figures', create, block };

function create(options: TableOptions): string[] {
  return [
    `CREATE TABLE IF NOT EXISTS ${dataTable} (
  ${markerColumns},
  marker_b SimpleAggregateFunction(max, UInt64) CODEC(ZSTD(1)),
  minute DateTime('UTC') CODEC(Delta, ZSTD(1)),
  client_environment LowCardinality(String),
  client_namespace LowCardinality(String),
  client_service LowCardinality(String),
  server_environment LowCardinality(String),
  server_namespace LowCardinality(String),
  server_service LowCardinality(String),
  kind LowCardinality(String),
  server_operation LowCardinality(String),
  ${sums.map((name) => `${name} ${sumType} CODEC(T64, ZSTD(1))`).join(',\n  ')},
  changes ${sumType} CODEC(T64, ZSTD(1)),
  client_duration ${histogramType} CODEC(ZSTD(1)),
  server_duration ${histogramType} CODEC(ZSTD(1)),
  slowest ${slowestType} CODEC(ZSTD(1)),
  failed ${failedType} CODEC(ZSTD(1))
)
${tableTail(dataTable, options, { keeps: 'figures', family: 'AggregatingMergeTree', orderBy: `marker, minute, ${key}` })}`,
    `CREATE OR REPLACE VIEW edges_minute AS
SELECT day, minute, ${key},
  ${sums.map((name) => `sum(e.${name}) AS ${name}`).join(', ')}, sum(e.changes) AS changes,
  mapFilter((bucket, count) -> count > 0, sumMap(e.client_duration)) AS client_duration,
  mapFilter((bucket, count) -> count > 0, sumMap(e.server_duration)) AS server_duration,
  max(e.slowest) AS slowest_pair, slowest_pair.1 AS slowest_ns, lower(hex(slowest_pair.2)) AS slowest_trace_id,
  lower(hex(max(e.failed))) AS failed_trace_id
FROM ${dataTable} AS e
WHERE marker = ''
GROUP BY day, minute, ${key}
HAVING ${sums.map((name) => `${name} != 0`).join(' OR ')}
  OR length(client_duration) > 0 OR length(server_duration) > 0`,
  ];
}

function block(batch: Batch): Uint8Array {
  const edges = [...batch.figures.edges.values()];
  const rows = edges.length;
  const sum = (name: string, value: (edge: EdgeFigures) => number): NativeColumn =>
    longs(
      name,
      sumType,
      withMarker(
        edges.map((edge) => Math.round(value(edge))),
        0,
      ),
    );
  const text = (name: string, value: (edge: EdgeFigures) => string): NativeColumn =>
    lowCardinality(name, withMarker(edges.map(value), ''));
  const nobody: Service = { environment: '', namespace: '', name: '' };
  const empty: ReadonlyMap<number, number> = new Map();
  return nativeBlock(rows + 1, [
    ...markerRow(batch.id, rows, 'SimpleAggregateFunction(max, UInt64)'),
    dateTimes(
      'minute',
      withMarker(
        edges.map((edge) => secondsOfMinutes(edge.minute)),
        0,
      ),
    ),
    text('client_environment', (edge) => (edge.client ?? nobody).environment),
    text('client_namespace', (edge) => (edge.client ?? nobody).namespace),
    text('client_service', (edge) => (edge.client ?? nobody).name),
    text('server_environment', (edge) => edge.server.environment),
    text('server_namespace', (edge) => edge.server.namespace),
    text('server_service', (edge) => edge.server.name),
    text('kind', (edge) => edge.kind),
    text('server_operation', (edge) => edge.operation),
    sum('calls', (edge) => edge.calls),
    sum('sampled_calls', (edge) => edge.sampledCalls),
    sum('client_errors', (edge) => edge.clientErrors),
    sum('server_errors', (edge) => edge.serverErrors),
    sum('unpaired', (edge) => edge.unpaired),
    sum('changes', () => 1),
    histograms(
      'client_duration',
      histogramType,
      withMarker(
        edges.map((edge) => edge.clientDuration),
        empty,
      ),
    ),
    histograms(
      'server_duration',
      histogramType,
      withMarker(
        edges.map((edge) => edge.serverDuration),
        empty,
      ),
    ),
    tuples('slowest', slowestType, [
      longs(
        '',
        '',
        withMarker(
          edges.map((edge) => Math.round(edge.slowest?.durationNs ?? 0)),
          0,
        ),
      ),
      fixedStrings(
        '',
        16,
        withMarker(
          edges.map((edge) => traceIdBytes(edge.slowest?.traceId)),
          noTraceId,
        ),
      ),
    ]),
    typed(
      fixedStrings(
        'failed',
        16,
        withMarker(
          edges.map((edge) => traceIdBytes(edge.failed)),
          noTraceId,
        ),
      ),
      failedType,
    ),
  ]);
}
