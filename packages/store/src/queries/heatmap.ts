import type { EdgeKind, Histogram, TraceId } from '@spanloom/span';
import type { QueryParameter, ReadClient, ReadOptions } from '../client/read-client.ts';
import { daysOfMinutes } from './day.ts';
import { histogramOf } from './histogram.ts';

/** Unix minutes, `[fromMinute, toMinute)`, in columns of `stepMinutes`. */
export interface HeatmapWindow {
  readonly fromMinute: number;
  readonly toMinute: number;
  readonly stepMinutes: number;
}

export interface EdgeHeatmapQuery extends HeatmapWindow {
  /** By name; absent for an entry. */
  readonly client?: string;
  readonly server: string;
  readonly kind?: EdgeKind;
  /** Of the server side. */
  readonly operation?: string;
  readonly environment?: string;
  readonly side: 'client' | 'server';
}

export interface OperationHeatmapQuery extends HeatmapWindow {
  readonly service: string;
  readonly operation?: string;
  /** Of the span. */
  readonly kind?: number;
  readonly environment?: string;
}

/** One step of a heatmap. Steps without calls are left out. */
export interface HeatmapColumn {
  /** Unix minute at which the step begins: a multiple of it. */
  readonly minute: number;
  readonly calls: number;
  readonly errors: number;
  readonly histogram: Histogram;
  /** Traces to look at; of operations none are kept. */
  readonly slowest: { readonly durationNs: number; readonly traceId: TraceId } | null;
  readonly failed: TraceId | null;
}

/** Durations of the calls of an edge over time. */
export async function edgeHeatmap(
  client: ReadClient,
  query: EdgeHeatmapQuery,
  options?: ReadOptions,
): Promise<HeatmapColumn[]> {
  return await columns(
    client,
    query,
    {
      table: 'edges_minute_data',
      errors: query.side === 'client' ? 'client_errors' : 'server_errors',
      duration: query.side === 'client' ? 'client_duration' : 'server_duration',
      exemplars: 'max(slowest) AS slowest_pair, max(failed) AS failed_id',
      conditions: {
        client_service: query.client ?? '',
        server_service: query.server,
        kind: query.kind,
        server_operation: query.operation,
        server_environment: query.environment,
      },
    },
    options,
  );
}

/** Durations of the spans of an operation, or of all operations of a service, over time. */
export async function operationHeatmap(
  client: ReadClient,
  query: OperationHeatmapQuery,
  options?: ReadOptions,
): Promise<HeatmapColumn[]> {
  return await columns(
    client,
    query,
    {
      table: 'operations_minute_data',
      errors: 'errors',
      duration: 'duration',
      exemplars: "(toInt64(0), toFixedString('', 16)) AS slowest_pair, toFixedString('', 16) AS failed_id",
      conditions: {
        service: query.service,
        operation: query.operation,
        environment: query.environment,
        kind: query.kind,
      },
    },
    options,
  );
}

interface Source {
  readonly table: string;
  readonly errors: string;
  readonly duration: string;
  readonly exemplars: string;
  /** Column to value; those without a value are not asked for. */
  readonly conditions: Readonly<Record<string, string | number | undefined>>;
}

interface Row {
  at: string;
  call_count: string;
  error_count: string;
  histogram: [string[], string[]];
  slowest_call: [string, TraceId];
  failed_trace: TraceId;
}

async function columns(
  client: ReadClient,
  window: HeatmapWindow,
  source: Source,
  options: ReadOptions | undefined,
): Promise<HeatmapColumn[]> {
  const parameters: Record<string, QueryParameter> = {
    fromMinute: window.fromMinute,
    toMinute: window.toMinute,
    step: window.stepMinutes,
  };
  const conditions = Object.entries(source.conditions).flatMap(([column, value]) => {
    if (value === undefined) return [];
    parameters[column] = value;
    return [`AND ${column} = {${column}:${typeof value === 'number' ? 'UInt8' : 'String'}}`];
  });
  const rows = await client.rows<Row>(
    `SELECT
       intDiv(toUnixTimestamp(minute), 60 * {step:UInt32}) * {step:UInt32} AS at,
       sum(calls) AS call_count, sum(${source.errors}) AS error_count,
       mapFilter((bucket, count) -> count > 0, sumMap(${source.duration})) AS buckets,
       (mapKeys(buckets), mapValues(buckets)) AS histogram,
       ${source.exemplars}, (slowest_pair.1, lower(hex(slowest_pair.2))) AS slowest_call, lower(hex(failed_id)) AS failed_trace
     FROM ${source.table}
     WHERE marker = '' AND ${daysOfMinutes}
       AND minute >= toDateTime({fromMinute:UInt32} * 60, 'UTC') AND minute < toDateTime({toMinute:UInt32} * 60, 'UTC')
       ${conditions.join(' ')}
     GROUP BY at
     HAVING call_count != 0 OR error_count != 0 OR length(buckets) > 0
     ORDER BY at`,
    parameters,
    options,
  );
  return rows.map((row) => {
    const [slowestNs, slowestId] = row.slowest_call;
    return {
      minute: Number(row.at),
      calls: Number(row.call_count),
      errors: Number(row.error_count),
      histogram: histogramOf(row.histogram),
      slowest: slowestId === noTrace ? null : { durationNs: Number(slowestNs), traceId: slowestId },
      failed: row.failed_trace === noTrace ? null : row.failed_trace,
    };
  });
}

/** Stands in a column for "no trace": ids are never all zero. */
const noTrace = '0'.repeat(32);
