import { queryOptions, useQuery } from '@tanstack/react-query';

import { get } from '../api/client.ts';
import { type FoundParams, wasFound, windowOf } from './found.ts';
import { maxPoints, pageSize } from './queries.ts';

export interface Neighbours {
  readonly previous: string | null;
  readonly next: string | null;
  /** Counted from 1. */
  readonly position: number;
  readonly of: number;
  /** The list, for the links to them. */
  readonly found: FoundParams;
}

const minutes = 60_000;

/** Ids of the traces of a list, in its order. Who comes from the list has them already. */
export function listQuery(found: FoundParams, limit: number = pageSize) {
  const { q = '', order: sort = 'start', cursor } = found;
  const asked = { q, ...windowOf(found), sort, limit, cursor };
  return queryOptions({
    queryKey: ['list', asked],
    queryFn: async ({ signal }): Promise<readonly string[]> =>
      (await get('search', { params: asked, signal })).traces.map(({ traceId }) => traceId),
    staleTime: Infinity,
    gcTime: 10 * minutes,
    enabled: wasFound(found),
  });
}

/** What stands before and behind a trace in the list that it was opened from; null until that is known. */
export function useNeighbours(traceId: string, found: FoundParams): Neighbours | null {
  const page = useQuery(listQuery(found));
  // A point of the scatter plot, or one that later arrivals have moved down since the link was copied.
  const isBehind = page.data?.includes(traceId) === false;
  const all = useQuery({ ...listQuery(found, maxPoints), enabled: isBehind });
  const ids = (isBehind ? all.data : page.data) ?? [];
  const at = ids.indexOf(traceId);
  if (at < 0) return null;
  return { previous: ids[at - 1] ?? null, next: ids[at + 1] ?? null, position: at + 1, of: ids.length, found };
}
