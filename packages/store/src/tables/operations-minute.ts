import type { OperationFigures } from '@spanloom/span';
import { asFirstMade, operationsShape } from '../levels/shape.ts';
import { nativeBlock } from '../native/block.ts';
import type { NativeColumn } from '../native/block.ts';
import { dateTimes, histograms, integers, longs, lowCardinality } from '../native/columns.ts';
import type { Batch } from '../port.ts';
import { histogramType, secondsOfMinutes, sumType } from './figures.ts';
import { markerRow, withMarker } from './marked.ts';
import { markerColumns, tableTail } from './options.ts';
import type { TableOptions } from './options.ts';
import { dataTableOf } from './table.ts';
import type { Table } from './table.ts';

const dataTable = dataTableOf('operations_minute');
const key = 'environment, namespace, service, operation, kind';
const { sums } = asFirstMade(operationsShape);

/** Operations of services by minute: one row per contributing block until merges sum them up. */
export const operationsMinute: Table = { name: 'operations_minute', dataTable, keeps: 'figures', create, block };

function create(options: TableOptions): string[] {
  return [
    `CREATE TABLE IF NOT EXISTS ${dataTable} (
  ${markerColumns},
  marker_b SimpleAggregateFunction(max, UInt64) CODEC(ZSTD(1)),
  minute DateTime('UTC') CODEC(Delta, ZSTD(1)),
  environment LowCardinality(String),
  namespace LowCardinality(String),
  service LowCardinality(String),
  operation LowCardinality(String),
  kind UInt8,
  ${sums.map((name) => `${name} ${sumType} CODEC(T64, ZSTD(1))`).join(',\n  ')},
  changes ${sumType} CODEC(T64, ZSTD(1)),
  duration ${histogramType} CODEC(ZSTD(1))
)
${tableTail(dataTable, options, { keeps: 'figures', family: 'AggregatingMergeTree', orderBy: `marker, minute, ${key}` })}`,
    operationsMinuteView(sums),
  ];
}

/** The view that people read, with these sums, whose columns must be there. */
export function operationsMinuteView(sums: readonly string[]): string {
  return `CREATE OR REPLACE VIEW operations_minute AS
SELECT day, minute, ${key},
  ${sums.map((name) => `sum(o.${name}) AS ${name}`).join(', ')}, sum(o.changes) AS changes,
  mapFilter((bucket, count) -> count > 0, sumMap(o.duration)) AS duration
FROM ${dataTable} AS o
WHERE marker = ''
GROUP BY day, minute, ${key}
HAVING ${sums.map((name) => `${name} != 0`).join(' OR ')} OR length(duration) > 0`;
}

function block(batch: Batch): Uint8Array {
  const operations = [...batch.figures.operations.values()];
  const rows = operations.length;
  const sum = (name: string, value: (operation: OperationFigures) => number): NativeColumn =>
    longs(
      name,
      sumType,
      withMarker(
        operations.map((operation) => Math.round(value(operation))),
        0,
      ),
    );
  const text = (name: string, value: (operation: OperationFigures) => string): NativeColumn =>
    lowCardinality(name, withMarker(operations.map(value), ''));
  const empty: ReadonlyMap<number, number> = new Map();
  return nativeBlock(rows + 1, [
    ...markerRow(batch.id, rows, 'SimpleAggregateFunction(max, UInt64)'),
    dateTimes(
      'minute',
      withMarker(
        operations.map((operation) => secondsOfMinutes(operation.minute)),
        0,
      ),
    ),
    text('environment', (operation) => operation.service.environment),
    text('namespace', (operation) => operation.service.namespace),
    text('service', (operation) => operation.service.name),
    text('operation', (operation) => operation.operation),
    integers(
      'kind',
      'UInt8',
      withMarker(
        operations.map((operation) => operation.kind),
        0,
      ),
    ),
    sum('calls', (operation) => operation.calls),
    sum('sampled_calls', (operation) => operation.sampledCalls),
    sum('errors', (operation) => operation.errors),
    sum('origin_errors', (operation) => operation.originErrors),
    sum('self_time_ns', (operation) => operation.selfTimeNs),
    sum('critical_path_ns', (operation) => operation.criticalPathNs),
    sum('local_spans', (operation) => operation.localSpans),
    sum('changes', () => 1),
    histograms(
      'duration',
      histogramType,
      withMarker(
        operations.map((operation) => operation.duration),
        empty,
      ),
    ),
  ]);
}
