import type { TraceId } from '@spanloom/span';
import type { ReadClient, ReadOptions } from '../client/read-client.ts';
import { traceIdsIn } from '../client/trace-id-list.ts';
import { sinceDay } from './day.ts';
import { summariesOf, summaryColumns, type SummaryJson, type TraceSummary } from './trace-summary.ts';

/** What the caller knows of traces that it asks for. */
export interface SummariesOptions extends ReadOptions {
  /** None of them began before this, Unix nanoseconds: days before it are left out, but for those of which nothing is found. */
  readonly sinceNs?: bigint;
}

/** Summaries of these traces, in their order; those of which no span is stored are left out. At most `maxIdsPerQuery`. */
export async function traceSummaries(
  client: ReadClient,
  traceIds: readonly TraceId[],
  { sinceNs, ...options }: SummariesOptions = {},
): Promise<TraceSummary[]> {
  const summaries = await read(client, traceIds, sinceNs ?? null, options);
  if (sinceNs !== undefined) {
    // Of a client whose clock is far ahead.
    const missing = traceIds.filter((id) => !summaries.has(id));
    for (const [id, summary] of await read(client, missing, null, options)) summaries.set(id, summary);
  }
  return traceIds.flatMap((id) => summaries.get(id) ?? []);
}

/** Summed up here: that of a few rows takes ClickHouse as long as to find them. */
async function read(
  client: ReadClient,
  traceIds: readonly TraceId[],
  sinceNs: bigint | null,
  options: ReadOptions,
): Promise<Map<TraceId, TraceSummary>> {
  if (traceIds.length === 0) return new Map();
  const rows = await client.rows<SummaryJson>(
    `SELECT ${summaryColumns}
     FROM fragments_data
     WHERE marker = '' AND spans > 0 AND ${traceIdsIn(traceIds)} ${sinceNs === null ? '' : `AND ${sinceDay}`}`,
    sinceNs === null ? {} : { sinceSecond: secondBefore(sinceNs) },
    options,
  );
  return summariesOf(rows);
}

/** An hour before it, which is how far clocks may be off; in what a DateTime can hold. */
function secondBefore(ns: bigint): number {
  return Math.min(Math.max(0, Number(ns / 1_000_000_000n) - 3600), 2 ** 32 - 1);
}
