import { parseSearch, without } from '../app/search-params.ts';
import { type SearchParams, searchParams } from './params.ts';

/** The list of results that a trace was opened from: kept for the tab, so that the trace knows what lies beside it. */
const storageKey = 'results';

interface Results {
  readonly traceIds: readonly string[];
  /** The page that shows them. */
  readonly href: string;
}

export interface Neighbours {
  readonly previous: string | null;
  readonly next: string | null;
  /** Counted from 1. */
  readonly position: number;
  readonly of: number;
  /** What found the list, whichever page of it this is. */
  readonly search: SearchParams;
}

export function rememberResults(results: Results): void {
  sessionStorage.setItem(storageKey, JSON.stringify(results));
}

/** What stands before and behind a trace in the list that was looked at last; null where it is in none. */
export function neighbours(traceId: string): Neighbours | null {
  const text = sessionStorage.getItem(storageKey);
  if (text === null) return null;
  const { traceIds, href } = JSON.parse(text) as Results;
  const at = traceIds.indexOf(traceId);
  if (at < 0) return null;
  return {
    previous: traceIds[at - 1] ?? null,
    next: traceIds[at + 1] ?? null,
    position: at + 1,
    of: traceIds.length,
    search: without(searchParams(parseSearch(new URL(href, location.origin).search)), 'cursor'),
  };
}
