import type { TraceId } from '@spanloom/span';
import type { ReadClient, ReadOptions } from '../client/read-client.ts';
import { traceIdsIn } from '../client/trace-id-list.ts';
import { summariesOf, summaryColumns, type SummaryJson, type TraceSummary } from './trace-summary.ts';

/** Summaries of these traces, in their order; those of which no span is stored are left out. At most `maxIdsPerQuery`. */
export async function traceSummaries(
  client: ReadClient,
  traceIds: readonly TraceId[],
  options?: ReadOptions,
): Promise<TraceSummary[]> {
  if (traceIds.length === 0) return [];
  // Summed up here: that of a few rows takes ClickHouse as long as to find them.
  const rows = await client.rows<SummaryJson>(
    `SELECT ${summaryColumns}
     FROM fragments_data
     WHERE marker = '' AND spans > 0 AND ${traceIdsIn(traceIds)}`,
    {},
    options,
  );
  const summaries = summariesOf(rows);
  return traceIds.flatMap((id) => summaries.get(id) ?? []);
}
