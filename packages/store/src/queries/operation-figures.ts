import type { Histogram, Service, SpanKind } from '@spanloom/span';
import type { ReadClient, ReadOptions } from '../client/read-client.ts';
import { readLevels } from '../levels/read.ts';
import type { LevelQuery, LevelsRead } from '../levels/read.ts';
import { operationsShape } from '../levels/shape.ts';
import { bucketsOf, histogramOf } from './histogram.ts';

export interface OperationFiguresQuery extends LevelQuery {
  readonly environment?: string;
  /** Name of the service. */
  readonly service?: string;
  /** Only these operations of these services, whatever their kind; at most {@link maxOperationsNamed}. */
  readonly among?: readonly { readonly service: string; readonly operation: string }[];
}

/** Twice 200 characters in hexadecimal each, twice in a query: below the 262,144 bytes that ClickHouse parses. */
export const maxOperationsNamed = 250;

/** An operation of a service, summed over a window. */
export interface OperationRow {
  readonly service: Service;
  readonly operation: string;
  readonly kind: SpanKind;
  readonly calls: number;
  readonly sampledCalls: number;
  readonly errors: number;
  readonly originErrors: number;
  readonly histogram: Histogram;
  readonly selfTimeNs: number;
  readonly criticalPathNs: number;
  /** What was stored before migration 9 is not counted. */
  readonly localSpans: number;
}

interface Row {
  environment: string;
  namespace: string;
  service: string;
  operation: string;
  kind: SpanKind;
  calls: string;
  sampled_calls: string;
  errors: string;
  origin_errors: string;
  histogram: [number[], number[]];
  self_time_ns: string;
  critical_path_ns: string;
  local_spans: string;
}

/** Figures of the operations of a window, without those whose sums are all zero. */
export async function operationFigures(
  client: ReadClient,
  query: OperationFiguresQuery,
  options?: ReadOptions,
): Promise<OperationRow[]> {
  return (await operationFiguresByLevel(client, query, options)).rows;
}

/** {@link operationFigures}, and which levels they were read from. */
export async function operationFiguresByLevel(
  client: ReadClient,
  query: OperationFiguresQuery,
  options?: ReadOptions,
): Promise<{ readonly rows: OperationRow[]; readonly levels: LevelsRead }> {
  return await readLevels(
    client,
    operationsShape,
    query,
    {
      rowOf: operationOf,
      sqlOf: (source) => `SELECT
       environment, namespace, service, operation, kind, level, count() AS windows,
       sum(o.calls) AS calls, sum(o.sampled_calls) AS sampled_calls, sum(o.errors) AS errors,
       sum(o.origin_errors) AS origin_errors, sum(o.self_time_ns) AS self_time_ns,
       sum(o.critical_path_ns) AS critical_path_ns, sum(o.local_spans) AS local_spans,
       ${bucketsOf('sumMap(duration)')} AS histogram
     FROM ${source} AS o
     WHERE level != '' OR (1
       ${query.environment === undefined ? '' : 'AND environment = {environment:String}'}
       ${query.service === undefined ? '' : 'AND service = {service:String}'}
       ${query.among === undefined ? '' : `AND (service, operation) IN (${tuples(query.among)})`})
     GROUP BY level, environment, namespace, service, operation, kind
     HAVING level != '' OR calls != 0 OR sampled_calls != 0 OR errors != 0 OR origin_errors != 0
       OR self_time_ns != 0 OR critical_path_ns != 0 OR local_spans != 0 OR length(histogram.1) > 0
     ORDER BY service, namespace, environment, operation, kind`,
      parameters: { environment: query.environment ?? '', service: query.service ?? '' },
    },
    options,
  );
}

/** In the text and not bound: parameters travel in the address, which proxies cut at 8 kB. */
function tuples(among: NonNullable<OperationFiguresQuery['among']>): string {
  const literal = (text: string): string => `unhex('${Buffer.from(text, 'utf8').toString('hex')}')`;
  return among.map(({ service, operation }) => `(${literal(service)}, ${literal(operation)})`).join(', ');
}

function operationOf(row: Row): OperationRow {
  return {
    service: { environment: row.environment, namespace: row.namespace, name: row.service },
    operation: row.operation,
    kind: row.kind,
    calls: Number(row.calls),
    sampledCalls: Number(row.sampled_calls),
    errors: Number(row.errors),
    originErrors: Number(row.origin_errors),
    histogram: histogramOf(row.histogram),
    selfTimeNs: Number(row.self_time_ns),
    criticalPathNs: Number(row.critical_path_ns),
    localSpans: Number(row.local_spans),
  };
}
