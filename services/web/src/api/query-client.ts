import { QueryClient } from '@tanstack/react-query';

import { ApiFailure } from './client.ts';

/** What another try will not mend: the question itself is wrong, or asks for too much. */
function isFinal(error: unknown): boolean {
  return error instanceof ApiFailure && error.status >= 400 && error.status < 500 && error.status !== 429;
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
