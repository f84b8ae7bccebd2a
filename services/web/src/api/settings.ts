import { queryOptions } from '@tanstack/react-query';

import { get } from './client.ts';

/** What of the settings the page needs: they stay as long as the server runs. */
export function settingsQuery() {
  return queryOptions({
    queryKey: ['settings'],
    queryFn: ({ signal }) => get('settings', { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
