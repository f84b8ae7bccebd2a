import { clockAt } from './clock.ts';
import { defaultQueryConfig, type QueryConfig, type QueryOptions } from '../options.ts';
import { createQuery, type Query } from '../query.ts';

/** For tests: a query service on a free port, over an empty log and buffer unless told otherwise. */
export async function startQuery(
  options: Partial<Omit<QueryOptions, 'config' | 'buffer'>> &
    Pick<QueryOptions, 'store'> & { config?: Partial<QueryConfig>; buffer?: Partial<QueryOptions['buffer']> },
): Promise<TestQuery> {
  const failures: string[] = [];
  const query = createQuery({
    log: { stream: { id: 's1', partitions: 1 }, bounds: async () => ({ low: 0, high: 0 }), read: async () => [] },
    clock: clockAt(Date.now()),
    logger: { error: (_fields, message) => failures.push(message) },
    metrics: { request: () => {} },
    keeper: { keep: async () => false },
    ...options,
    buffer: { peek: async () => [], openFigures: async () => null, openBetween: async () => [], ...options.buffer },
    config: { ...defaultQueryConfig, port: 0, grpcPort: 0, ...options.config },
  });
  await query.start();
  const url = `http://127.0.0.1:${query.port}`;
  return { query, failures, get: async (path, init) => await fetch(url + path, init) };
}

export interface TestQuery {
  readonly query: Query;
  /** Messages that were logged as errors. */
  readonly failures: readonly string[];
  readonly get: (path: string, init?: RequestInit) => Promise<Response>;
}
