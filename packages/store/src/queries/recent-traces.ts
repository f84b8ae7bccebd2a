import type { TraceId } from '@spanloom/span';
import type { ReadClient, ReadOptions } from '../client/read-client.ts';
import { sinceDay } from './day.ts';
import { traceSummaries } from './trace-summaries.ts';
import type { TraceSummary } from './trace-summary.ts';

export interface RecentTracesQuery {
  readonly limit: number;
  /** Only fragments appended at or after this, Unix milliseconds; by default those of the last two days that have any. */
  readonly sinceMs?: number;
  readonly environment?: string;
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
  const rows = await client.rows<{ id: TraceId }>(
    `SELECT lower(hex(trace_id)) AS id
     FROM fragments_data
     WHERE marker = '' AND spans > 0 AND ${since}
       ${query.environment === undefined ? '' : 'AND root_environment = {environment:String}'}
     GROUP BY trace_id
     ORDER BY min(start_ns) DESC, trace_id
     LIMIT {limit:UInt32}`,
    {
      limit: query.limit,
      environment: query.environment ?? '',
      sinceMs: query.sinceMs ?? 0,
      sinceSecond: Math.floor((query.sinceMs ?? 0) / 1000),
    },
    options,
  );
  return await traceSummaries(
    client,
    rows.map(({ id }) => id),
    options,
  );
}
