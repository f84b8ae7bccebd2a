import { CancelledError, type Query, QueryClient } from '@tanstack/react-query';

import { ApiFailure } from './client.ts';

/** What another try will not mend: the question itself is wrong, or asks for too much, or for too long. */
function isFinal(error: unknown): boolean {
  if (!(error instanceof ApiFailure)) return false;
  return error.code === 'timeout' || (error.status >= 400 && error.status < 500 && error.status !== 429);
}

export const queryClient: QueryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failures, error) => !isFinal(error) && failures < 2,
      refetchOnWindowFocus: false,
    },
  },
});

/** Something is shown that asks this, and it has no answer yet. */
export function isAwaited(query: Query): boolean {
  return query.state.fetchStatus === 'fetching' && query.state.data === undefined && query.isActive();
}

/** Gives up what is awaited: its requests are aborted, and it fails with a `CancelledError`. */
export function cancelAwaited(client: QueryClient): void {
  void client.cancelQueries({ predicate: isAwaited }, { revert: false });
}

/** As `refetchInterval`: what somebody cancelled is not asked again by itself. */
export function every(ms: number): (query: { readonly state: { readonly error: unknown } }) => number | false {
  return ({ state }) => (state.error instanceof CancelledError ? false : ms);
}
