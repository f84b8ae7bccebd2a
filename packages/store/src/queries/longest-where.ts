import type { ReadClient, ReadOptions } from '../client/read-client.ts';
import { indexedDays, type SearchWindow } from './search-sql.ts';

/** What is asked of one span, as far as fragments tell it of the longest of their spans. */
export interface LongestQuery {
  /** Placeholder of the service's name; null for any. */
  readonly service: string | null;
  /** Placeholder of the `operationHash`, with which the service is known; null for any. */
  readonly operation: string | null;
  /** Placeholder of how many nanoseconds it took at least, from 1 to `longestKnownNs`; null for any. */
  readonly leastNs: string | null;
  /** It has an error. */
  readonly failed: boolean;
}

/**
 * A condition on `trace_id`: some span of the trace meets this, in a fragment that meets the other conditions. Only
 * where {@link knowsLongestSpans}. One that took `longestKnownNs` is as good as any that took longer.
 */
export function longestWhere(query: LongestQuery, others: readonly string[]): string {
  const conditions = [indexedDays, ...others, conditionOf(query)];
  return `trace_id IN (SELECT trace_id FROM fragments_data WHERE ${conditions.join(' AND ')})`;
}

function conditionOf({ service, operation, leastNs, failed }: LongestQuery): string {
  const [keys, key, columns] =
    operation === null
      ? ['services', service, 'service_longest']
      : ['operation_hashes', operation, 'operation_longest'];
  const of = (column: string): string => (key === null ? `arrayMax(${column})` : `${column}[indexOf(${keys}, ${key})]`);
  // One more than it took, and 0 where there is none.
  if (failed) return `${of(`${columns}_error_ns`)} > ${leastNs ?? '0'}`;
  if (leastNs !== null) return `${of(`${columns}_ns`)} >= ${leastNs}`;
  return key === null ? 'spans > 0' : `has(${keys}, ${key})`;
}

const nsPerDay = 86_400_000_000_000n;

/** Whether every fragment that a search of the window looks at was written with its longest spans; up to a second ago. */
export async function knowsLongestSpans(
  client: ReadClient,
  { startNs, endNs }: SearchWindow,
  options?: ReadOptions,
): Promise<boolean> {
  const rows = await client.rows(
    `SELECT 1 FROM fragments_data
     WHERE marker = '' AND day >= toDate({fromDay:UInt16}) AND day <= toDate({toDay:UInt16})
       AND spans > 0 AND empty(service_longest_ns)
     LIMIT 1`,
    // One more on either side than it looks at: so a window that moves asks the same all day.
    { fromDay: dayOf(startNs) - 1, toDay: dayOf(endNs) + 8 },
    { ...options, maxAgeMs: 1000 },
  );
  return rows.length === 0;
}

/** The Unix day, as far as a `Date` goes. */
function dayOf(ns: bigint): number {
  return Math.min(Math.max(Number(ns / nsPerDay), 1), 65_000);
}
