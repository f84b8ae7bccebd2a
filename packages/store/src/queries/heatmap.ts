import { histogramCount } from '@spanloom/span';
import type { Buckets, EdgeKind, TraceId } from '@spanloom/span';
import type { QueryParameter, ReadClient, ReadOptions } from '../client/read-client.ts';
import { RowReader } from '../native/row-reader.ts';
import { daysOfMinutes } from './day.ts';

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
  readonly histogram: Buckets;
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
      exemplars: 'max(slowest), max(failed)',
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
      exemplars: "(toInt64(0), toFixedString('', 16)), toFixedString('', 16)",
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
  /** Expressions: the slowest call and its trace, and a failed trace. */
  readonly exemplars: string;
  /** Column to value; those without a value are not asked for. */
  readonly conditions: Readonly<Record<string, string | number | undefined>>;
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
  const reader = new RowReader(
    await client.bytes(
      `SELECT
       toUInt32(intDiv(toUnixTimestamp(minute), 60 * {step:UInt32}) * {step:UInt32}) AS at,
       sum(calls), sum(${source.errors}), ${durationsOf(source.duration, window)}, ${source.exemplars}
     FROM ${source.table}
     WHERE marker = '' AND ${daysOfMinutes}
       AND minute >= toDateTime({fromMinute:UInt32} * 60, 'UTC') AND minute < toDateTime({toMinute:UInt32} * 60, 'UTC')
       ${conditions.join(' ')}
     GROUP BY at
     ORDER BY at`,
      'RowBinary',
      parameters,
      options,
    ),
  );
  const found: HeatmapColumn[] = [];
  while (reader.more) {
    const minute = reader.int32();
    const calls = reader.safeInt64();
    const errors = reader.safeInt64();
    const histogram = reader.histogram();
    const durationNs = reader.safeInt64();
    const slowestId = reader.fixed(16).toString('hex');
    const failedId = reader.fixed(16).toString('hex');
    // Corrections took back all that happened.
    if (calls === 0 && errors === 0 && histogramCount(histogram) === 0) continue;
    found.push({
      minute,
      calls,
      errors,
      histogram,
      slowest: slowestId === noTrace ? null : { durationNs, traceId: slowestId },
      failed: failedId === noTrace ? null : failedId,
    });
  }
  return found;
}

/** In a minute there is mostly one row, which is the sum by itself: a fifth less time for a day. */
function durationsOf(column: string, { stepMinutes }: HeatmapWindow): string {
  if (stepMinutes > 1) return `sumMap(${column})`;
  const all = `groupArray(${column})`;
  return `if(length(${all}) = 1, ${all}[1], arrayReduce('sumMap', ${all}))`;
}

/** Stands in a column for "no trace": ids are never all zero. */
const noTrace = '0'.repeat(32);
