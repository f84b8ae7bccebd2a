import { queryOptions, useQuery } from '@tanstack/react-query';

import { get } from '../api/client.ts';
import { type FoundParams, wasFound, windowOf } from './found.ts';
import { pageSize } from './queries.ts';

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
export function listQuery(found: FoundParams) {
  const { q = '', order: sort = 'start', cursor } = found;
  const asked = { q, ...windowOf(found), sort, limit: pageSize, cursor };
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
  const { data = [] } = useQuery(listQuery(found));
  const at = data.indexOf(traceId);
  if (at < 0) return null;
  return { previous: data[at - 1] ?? null, next: data[at + 1] ?? null, position: at + 1, of: data.length, found };
}
