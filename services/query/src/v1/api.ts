import type { FastifyRequest } from 'fastify';
import type { Log, Stream } from '@spanloom/log';
import type { Clock } from '@spanloom/span';
import type { ReadClient } from '@spanloom/store';
import { boundToRequests } from '../http/bound.ts';
import type { QueryConfig, QueryLogger, QueryOptions } from '../options.ts';
import type { ReadTraces } from '../trace/read.ts';
import type { Completeness } from './completeness.ts';
import { readCompleteness } from './head.ts';

export interface ApiOptions {
  readonly store: ReadClient;
  readonly log: Pick<Log, 'bounds'>;
  readonly buffer: QueryOptions['buffer'];
  readonly stream: Stream;
  readonly readTraces: ReadTraces;
  readonly clock: Clock;
  readonly logger: QueryLogger;
  readonly config: QueryConfig;
}

/** What the routes of this API share. */
export interface Api extends ApiOptions {
  /** The store for one request: its queries have limits, and are given up with the request. */
  bound(request: FastifyRequest): ReadClient;
  complete(bound: ReadClient): Promise<Completeness>;
}

export function apiOf(options: ApiOptions): Api {
  const { stream, config } = options;
  return {
    ...options,
    bound: boundToRequests(options),
    complete: async (bound) => await readCompleteness(bound, stream, config.maxTraceAgeMs),
  };
}
