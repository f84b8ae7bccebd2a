import type { TraceId } from '@spanloom/span';
import { StoreError } from '../errors.ts';

/** Twice in a query, 2,500 ids are 210 kB of SQL: below the 262,144 bytes that ClickHouse parses. */
export const maxIdsPerQuery = 2_500;

/** A list for IN. In the text and not bound: a parameter travels in the address, which proxies cut at 8 kB. */
export function traceIdList(traceIds: readonly TraceId[]): string {
  return traceIds
    .map((id) => {
      if (!/^[0-9a-f]{32}$/.test(id)) throw new StoreError(`not a trace id: ${id}`, 'broken');
      return `unhex('${id}')`;
    })
    .join(',');
}
