import type { EdgeKind, Histogram, Service, TraceId } from '@spanloom/span';
import type { ReadClient, ReadOptions } from '../client/read-client.ts';
import { readLevels } from '../levels/read.ts';
import type { LevelQuery, LevelsRead } from '../levels/read.ts';
import { edgesShape } from '../levels/shape.ts';
import { bucketsOf, histogramOf } from './histogram.ts';

export interface EdgesQuery extends LevelQuery {
  /** Edges with either end in this environment. */
  readonly environment?: string;
  /** Splits edges by the operation of the server side. */
  readonly byOperation: boolean;
}

/** A call edge, summed over a window. Percentiles come out of the histograms. */
export interface EdgeRow {
  /** Null for kind `entry`. */
  readonly client: Service | null;
  readonly server: Service;
  readonly kind: EdgeKind;
  /** Empty unless split by operation. */
  readonly operation: string;
  readonly calls: number;
  readonly sampledCalls: number;
  readonly clientErrors: number;
  readonly serverErrors: number;
  readonly unpaired: number;
  /** Empty where no span of that side was seen. */
  readonly clientHistogram: Histogram;
  readonly serverHistogram: Histogram;
  readonly slowest: { readonly durationNs: number; readonly traceId: TraceId } | null;
  readonly failed: TraceId | null;
}

interface Row {
  client_environment: string;
  client_namespace: string;
  client_service: string;
  server_environment: string;
  server_namespace: string;
  server_service: string;
  kind: EdgeKind;
  operation: string;
  calls: string;
  sampled_calls: string;
  client_errors: string;
  server_errors: string;
  unpaired: string;
  client_histogram: [number[], number[]];
  server_histogram: [number[], number[]];
  slowest_ns: string;
  slowest_trace: string;
  failed: string;
}

/** Edges of a window. Those whose sums are all zero, because corrections took everything back, are left out. */
export async function edges(client: ReadClient, query: EdgesQuery, options?: ReadOptions): Promise<EdgeRow[]> {
  return (await edgesByLevel(client, query, options)).rows;
}

/** {@link edges}, and which levels they were read from. */
export async function edgesByLevel(
  client: ReadClient,
  query: EdgesQuery,
  options?: ReadOptions,
): Promise<{ readonly rows: EdgeRow[]; readonly levels: LevelsRead }> {
  return await readLevels(
    client,
    edgesShape,
    query,
    {
      rowOf: edgeOf,
      sqlOf: (source) => `SELECT
       client_environment, client_namespace, client_service,
       server_environment, server_namespace, server_service, kind,
       ${query.byOperation ? 'server_operation' : "''"} AS operation, level, count() AS windows,
       sum(e.calls) AS calls, sum(e.sampled_calls) AS sampled_calls, sum(e.client_errors) AS client_errors,
       sum(e.server_errors) AS server_errors, sum(e.unpaired) AS unpaired,
       ${bucketsOf('sumMap(client_duration)')} AS client_histogram,
       ${bucketsOf('sumMap(server_duration)')} AS server_histogram,
       max(slowest).1 AS slowest_ns,
       lower(hex(max(slowest).2)) AS slowest_trace,
       lower(hex(max(e.failed))) AS failed
     FROM ${source} AS e
     ${query.environment === undefined ? '' : "WHERE level != '' OR {environment:String} IN (client_environment, server_environment)"}
     GROUP BY
       level, client_environment, client_namespace, client_service,
       server_environment, server_namespace, server_service, kind
       ${query.byOperation ? ', server_operation' : ''}
     HAVING level != '' OR calls != 0 OR sampled_calls != 0 OR client_errors != 0 OR server_errors != 0
       OR unpaired != 0 OR length(client_histogram.1) > 0 OR length(server_histogram.1) > 0
     ORDER BY
       client_service, client_namespace, client_environment,
       server_service, server_namespace, server_environment, kind, operation`,
      parameters: { environment: query.environment ?? '' },
    },
    options,
  );
}

function edgeOf(row: Row): EdgeRow {
  return {
    client:
      row.kind === 'entry'
        ? null
        : {
            environment: row.client_environment,
            namespace: row.client_namespace,
            name: row.client_service,
          },
    server: {
      environment: row.server_environment,
      namespace: row.server_namespace,
      name: row.server_service,
    },
    kind: row.kind,
    operation: row.operation,
    calls: Number(row.calls),
    sampledCalls: Number(row.sampled_calls),
    clientErrors: Number(row.client_errors),
    serverErrors: Number(row.server_errors),
    unpaired: Number(row.unpaired),
    clientHistogram: histogramOf(row.client_histogram),
    serverHistogram: histogramOf(row.server_histogram),
    slowest: row.slowest_trace === noTrace ? null : { durationNs: Number(row.slowest_ns), traceId: row.slowest_trace },
    failed: row.failed === noTrace ? null : row.failed,
  };
}

/** Stands in a column for "no trace": ids are never all zero. */
const noTrace = '0'.repeat(32);
