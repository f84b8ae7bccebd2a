import { keepPreviousData, queryOptions } from '@tanstack/react-query';

import type { Answers } from '../api/answers.ts';
import { get } from '../api/client.ts';
import { defaultRange } from '../app/search-params.ts';
import type { SearchParams } from './params.ts';

export type SearchAnswer = Answers['search'];
export type TraceSummary = SearchAnswer['traces'][number];

/** Rows of a page of results. */
export const pageSize = 50;
/** Points of the scatter plot: as many as the API gives at once. */
export const maxPoints = 1000;

const minutes = 60_000;

/**
 * `visit` tells one visit of the page from another: who comes back sees the rows that were there, who comes anew
 * is given new ones.
 */
export function searchQuery(params: SearchParams, visit: string) {
  const { q = '', sort = 'start', cursor } = params;
  const range = { ...defaultRange, ...params };
  const asked = { q, from: range.from, to: range.to, sort, limit: pageSize, cursor };
  return queryOptions({
    queryKey: ['search', asked, visit],
    queryFn: ({ signal }) => get('search', { params: asked, signal }),
    staleTime: Infinity,
    gcTime: 10 * minutes,
    placeholderData: keepPreviousData,
  });
}

/** The latest traces of the same window, as points. */
export function pointsQuery({ q = '', from, to }: SearchParams, visit: string) {
  const asked = { q, from: from ?? defaultRange.from, to: to ?? defaultRange.to, limit: maxPoints };
  return queryOptions({
    queryKey: ['points', asked, visit],
    queryFn: ({ signal }) => get('search', { params: asked, signal }),
    staleTime: Infinity,
    gcTime: 10 * minutes,
    placeholderData: keepPreviousData,
  });
}

export function clausesQuery({ q = '', from, to }: SearchParams) {
  const asked = { q, from: from ?? defaultRange.from, to: to ?? defaultRange.to };
  return queryOptions({
    queryKey: ['clauses', asked],
    queryFn: ({ signal }) => get('search/clauses', { params: asked, signal }),
  });
}

/** A whole trace, under the key that the page of the trace reads it by. */
export function traceQuery(traceId: string) {
  return queryOptions({
    queryKey: ['trace', traceId],
    queryFn: ({ signal }) => get('traces/{id}', { path: { id: traceId }, signal }),
  });
}
