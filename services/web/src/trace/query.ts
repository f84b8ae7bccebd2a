import { queryOptions } from '@tanstack/react-query';

import type { TracesIdAnswer } from '../api/answers.ts';
import { ApiFailure, get } from '../api/client.ts';
import { latenessOf } from './model/late.ts';
import type { OtlpTraces } from './model/otlp.ts';

/** What the page shows: an answer of the API, or a file. */
export interface Source {
  readonly otlp: OtlpTraces;
  /** Of each span, see {@link latenessOf}. */
  readonly lateness: readonly (number | null)[];
  /** Null: it is from a file. */
  readonly answer: TracesIdAnswer | null;
}

export function sourceOfAnswer(answer: TracesIdAnswer): Source {
  return { otlp: answer.trace, lateness: latenessOf(answer), answer };
}

/** While a trace is open it is asked for again: so often, or more seldom where it is large. */
const followMs = 1000;
const spansBySecond = 5000;

/** A trace by its id; followed until it is stored, or until it is there at all. */
export function traceQuery(traceId: string) {
  return queryOptions({
    queryKey: ['trace', traceId],
    queryFn: ({ signal }) => get('traces/{id}', { path: { id: traceId }, signal }),
    // To compare 50,000 spans one by one takes longer than to draw what is new.
    structuralSharing: false,
    staleTime: 30_000,
    refetchInterval: ({ state: { data, error } }) => {
      if (data === undefined) return error instanceof ApiFailure && error.status === 404 ? 2 * followMs : false;
      if (data.state !== 'open') return false;
      return followMs * Math.max(1, data.spanCount / spansBySecond);
    },
  });
}

/** What the operations of a trace usually take. */
export function ranksQuery(traceId: string, enabled: boolean) {
  return queryOptions({
    queryKey: ['ranks', traceId],
    queryFn: ({ signal }) => get('traces/{id}/ranks', { path: { id: traceId }, signal }),
    staleTime: 60_000,
    enabled,
  });
}
