import type { Histogram, SpanKind } from '@spanloom/span';
import type { ReadClient, ReadOptions } from '../client/read-client.ts';
import { daysOfMinutes } from './day.ts';
import { bucketsOf, histogramOf } from './histogram.ts';

export interface OperationSeriesQuery {
  /** Unix minutes, `[fromMinute, toMinute)`. */
  readonly fromMinute: number;
  readonly toMinute: number;
  /** Names of services, whatever their environment and namespace. */
  readonly services: readonly string[];
  readonly kinds: readonly SpanKind[];
  /** One series for each operation of a service instead of one for the service. */
  readonly byOperation: boolean;
}

/** One minute of a service, or of one of its operations, over all kinds that were asked for. */
export interface OperationMinute {
  readonly minute: number;
  readonly service: string;
  /** Empty unless asked for by operation. */
  readonly operation: string;
  readonly calls: number;
  readonly errors: number;
  readonly histogram: Histogram;
}

interface Row {
  minute: number;
  service: string;
  operation: string;
  calls: string;
  errors: string;
  histogram: [number[], number[]];
}

/** The minutes of a window that have calls, by service, operation and time. */
export async function operationSeries(
  client: ReadClient,
  query: OperationSeriesQuery,
  options?: ReadOptions,
): Promise<OperationMinute[]> {
  const operation = query.byOperation ? 'operation' : "''";
  const rows = await client.rows<Row>(
    `SELECT
       intDiv(toUnixTimestamp(o.minute), 60) AS minute, service, ${operation} AS operation,
       sum(o.calls) AS calls, sum(o.errors) AS errors,
       ${bucketsOf('sumMap(duration)')} AS histogram
     FROM operations_minute_data AS o
     WHERE marker = '' AND ${daysOfMinutes}
       AND o.minute >= toDateTime({fromMinute:UInt32} * 60, 'UTC')
       AND o.minute < toDateTime({toMinute:UInt32} * 60, 'UTC')
       AND has({services:Array(String)}, service) AND has({kinds:Array(UInt8)}, kind)
     GROUP BY service, ${query.byOperation ? 'o.operation, ' : ''}o.minute
     HAVING calls != 0 OR length(histogram.1) > 0
     ORDER BY service, operation, minute`,
    {
      fromMinute: query.fromMinute,
      toMinute: query.toMinute,
      services: query.services,
      kinds: query.kinds,
    },
    options,
  );
  return rows.map((row) => ({
    minute: row.minute,
    service: row.service,
    operation: row.operation,
    calls: Number(row.calls),
    errors: Number(row.errors),
    histogram: histogramOf(row.histogram),
  }));
}
