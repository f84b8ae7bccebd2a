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
 * cut at 8 kB. The primary key is used either way. A few stand there by themselves: of those ClickHouse
 * remembers which granules hold none of them, as it does not of a subquery, which takes twice as long when
 * a page is asked for again. Many are one literal that the server takes apart: half the text, and of 500
 * on as fast.
 */
export function idsIn(column: string, ids: readonly string[]): string {
  const [first] = ids;
  if (first === undefined) return '0';
  if (ids.length === 1) return `${column} = toFixedString(unhex('${first}'), 16)`;
  if (ids.length <= fewIds) return `${column} IN (${ids.map(literalOf).join(', ')})`;
  return `${column} IN (SELECT toFixedString(unhex(arrayJoin(splitByChar(',', '${ids.join(',')}'))), 16))`;
}

/** The largest page of a search. */
const fewIds = 100;

/** The bytes: `unhex(…)` of each took a quarter longer. */
function literalOf(id: string): string {
  return `'${id.replaceAll(/../g, '\\x$&')}'`;
}

/** What a query may have in bytes where it names more ids than {@link maxIdsPerQuery}: 100,000, thrice. */
export const maxIdsQueryBytes: number = 10 * 1024 * 1024;
