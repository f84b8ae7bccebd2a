import type { ReadClient, ReadOptions } from '@spanloom/store';
import type { QueryConfig } from '../options.ts';

/**
 * The client, but each query is given up when the signal aborts (the caller has gone or time is
 * up), and has these limits unless it brings its own.
 */
export function boundTo(client: ReadClient, signal: AbortSignal, limits: ReadOptions = {}): ReadClient {
  return {
    rows: async (query, parameters, options) => await client.rows(query, parameters, { ...limits, ...options, signal }),
    bytes: async (query, format, parameters, options) =>
      await client.bytes(query, format, parameters, { ...limits, ...options, signal }),
  };
}

/** The store for one request, whichever API it asks: its queries have the limits of the configuration. */
export function boundToRequests({
  store,
  config,
}: {
  readonly store: ReadClient;
  readonly config: Pick<QueryConfig, 'queryLimits'>;
}): (request: { readonly signal: AbortSignal }) => ReadClient {
  return ({ signal }) => boundTo(store, signal, config.queryLimits);
}
