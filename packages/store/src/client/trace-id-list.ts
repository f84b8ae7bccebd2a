import type { TraceId } from '@spanloom/span';
import { StoreError } from '../errors.ts';

/** Twice in a query, 3,500 ids are 231 kB of SQL: below the 262,144 bytes that ClickHouse parses. */
export const maxIdsPerQuery = 3_500;

/** A condition: `trace_id`, or the column of that name and type, is one of these. See {@link idsIn}. */
export function traceIdsIn(traceIds: readonly TraceId[], column = 'trace_id'): string {
  const wrong = traceIds.find((id) => !/^[0-9a-f]{32}$/.test(id));
  if (wrong !== undefined) throw new StoreError(`not a trace id: ${wrong}`, 'broken');
  return idsIn(column, traceIds);
}

/**
 * A condition: the column, a `FixedString(16)`, is one of these ids of 32 hexadecimal digits, which the
 * caller has made sure of. In the text and not bound: a parameter travels in the address, which proxies
 * cut at 8 kB. Several are one literal that the server takes apart: a list of `unhex(…)` takes it ten
 * times as long (0.4 ms an id). The primary key is used either way; a single one needs no subquery,
 * which costs 2 ms.
 */
export function idsIn(column: string, ids: readonly string[]): string {
  const [first] = ids;
  if (first === undefined) return '0';
  if (ids.length === 1) return `${column} = toFixedString(unhex('${first}'), 16)`;
  return `${column} IN (SELECT toFixedString(unhex(arrayJoin(splitByChar(',', '${ids.join(',')}'))), 16))`;
}

/** What a query may have in bytes where it names more ids than {@link maxIdsPerQuery}: 100,000, thrice. */
export const maxIdsQueryBytes: number = 10 * 1024 * 1024;
