import type { TraceId } from '@spanloom/span';
import { StoreError } from '../errors.ts';

/** Twice in a query, 3,500 ids are 231 kB of SQL: below the 262,144 bytes that ClickHouse parses. */
export const maxIdsPerQuery = 3_500;

/**
 * What stands in the parentheses of IN. In the text and not bound: a parameter travels in the
 * address, which proxies cut at 8 kB. One literal that the server takes apart: a list of `unhex(…)`
 * takes it ten times as long (0.4 ms an id). The primary key is used all the same.
 */
export function traceIdList(traceIds: readonly TraceId[]): string {
  const wrong = traceIds.find((id) => !/^[0-9a-f]{32}$/.test(id));
  if (wrong !== undefined) throw new StoreError(`not a trace id: ${wrong}`, 'broken');
  return `SELECT toFixedString(unhex(arrayJoin(splitByChar(',', '${traceIds.join(',')}'))), 16)`;
}

/** What a query may have in bytes where it names more ids than {@link maxIdsPerQuery}: 100,000, thrice. */
export const maxIdsQueryBytes: number = 10 * 1024 * 1024;
