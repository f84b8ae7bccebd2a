import type { ReadClient } from '@spanloom/store';

/** The client, but each query is given up when the signal aborts: the caller has gone or time is up. */
export function boundTo(client: ReadClient, signal: AbortSignal): ReadClient {
  return {
    rows: async (query, parameters, options) => await client.rows(query, parameters, { ...options, signal }),
    bytes: async (query, format, parameters, options) =>
      await client.bytes(query, format, parameters, { ...options, signal }),
  };
}
