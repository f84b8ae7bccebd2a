import type { TraceId } from '@spanloom/span';
import type { ReadClient, ReadOptions } from '../client/read-client.ts';
import { traceIdsIn } from '../client/trace-id-list.ts';
import { summaryColumns, summaryOf, type SummaryJson, type TraceSummary } from './trace-summary.ts';

/** Summaries of these traces, in their order; those of which no span is stored are left out. At most `maxIdsPerQuery`. */
export async function traceSummaries(
  client: ReadClient,
  traceIds: readonly TraceId[],
  options?: ReadOptions,
): Promise<TraceSummary[]> {
  if (traceIds.length === 0) return [];
  const rows = await client.rows<SummaryJson>(
    `SELECT ${summaryColumns}
     FROM (
       SELECT * FROM fragments_data
       WHERE marker = '' AND spans > 0 AND ${traceIdsIn(traceIds)}
       LIMIT 1 BY trace_id, stream, partition, position
     ) AS f
     GROUP BY trace_id`,
    {},
    options,
  );
  const byId = new Map(rows.map((row) => [row.id, summaryOf(row)]));
  return traceIds.flatMap((id) => byId.get(id) ?? []);
}
