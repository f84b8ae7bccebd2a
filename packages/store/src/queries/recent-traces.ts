import type { Service, TraceId } from '@spanloom/span';
import type { ReadClient, ReadOptions } from '../client/read-client.ts';
import { sinceDay } from './day.ts';

export interface RecentTracesQuery {
  readonly limit: number;
  /** Only fragments appended at or after this, Unix milliseconds; by default those of the last two days that have any. */
  readonly sinceMs?: number;
  readonly environment?: string;
}

/** What a list of traces shows of one. */
export interface TraceSummary {
  readonly traceId: TraceId;
  /** Service and operation of the root span, or of the earliest one where no root was seen; null for a trace without spans. */
  readonly root: { readonly service: Service; readonly operation: string } | null;
  readonly startNs: bigint;
  readonly durationNs: number;
  readonly spans: number;
  readonly errors: number;
  /** Names, sorted. */
  readonly services: readonly string[];
  /** One of its fragments was whole. */
  readonly complete: boolean;
  readonly fragments: number;
}

interface Row {
  id: TraceId;
  root: [string, string, string, string];
  start: string;
  duration: string;
  span_count: string;
  error_count: string;
  service_names: string[];
  whole: number;
  fragment_count: string;
}

/** The traces that began last, newest first. */
export async function recentTraces(
  client: ReadClient,
  query: RecentTracesQuery,
  options?: ReadOptions,
): Promise<TraceSummary[]> {
  const since =
    query.sinceMs === undefined
      ? `day >= (SELECT max(day) FROM fragments_data WHERE marker = '') - 1`
      : `${sinceDay} AND append_time >= fromUnixTimestamp64Milli({sinceMs:Int64}, 'UTC')`;
  const rows = await client.rows<Row>(
    `SELECT
       lower(hex(trace_id)) AS id,
       argMin((root_environment, root_namespace, root_service, root_operation), (1 - has_root, start_ns)) AS root,
       min(start_ns) AS start, max(end_ns) - start AS duration,
       sum(f.spans) AS span_count, sum(f.errors) AS error_count,
       arraySort(groupUniqArrayArray(f.services)) AS service_names,
       max(complete) AS whole, count() AS fragment_count
     FROM fragments_data AS f
     WHERE marker = '' AND f.spans > 0 AND ${since}
       ${query.environment === undefined ? '' : 'AND root_environment = {environment:String}'}
     GROUP BY trace_id
     ORDER BY start DESC, trace_id
     LIMIT {limit:UInt32}`,
    {
      limit: query.limit,
      environment: query.environment ?? '',
      sinceMs: query.sinceMs ?? 0,
      sinceSecond: Math.floor((query.sinceMs ?? 0) / 1000),
    },
    options,
  );
  return rows.map(summaryOf);
}

function summaryOf(row: Row): TraceSummary {
  const [environment, namespace, name, operation] = row.root;
  return {
    traceId: row.id,
    root: name === '' ? null : { service: { environment, namespace, name }, operation },
    startNs: BigInt(row.start),
    durationNs: Number(row.duration),
    spans: Number(row.span_count),
    errors: Number(row.error_count),
    services: row.service_names,
    complete: row.whole === 1,
    fragments: Number(row.fragment_count),
  };
}
