import type { Stream } from '@spanloom/log';
import type { Clock } from '@spanloom/span';
import type { ReadClient } from '@spanloom/store';
import type { Archive } from '../archive/archive.ts';
import type { QueryConfig, QueryLogger } from '../options.ts';
import type { ReadTraces } from '../trace/read.ts';

/** What each of Jaeger's APIs is made of. */
export interface JaegerOptions {
  readonly store: ReadClient;
  readonly stream: Stream;
  readonly readTraces: ReadTraces;
  readonly archive: Archive;
  readonly clock: Clock;
  readonly logger: QueryLogger;
  readonly config: QueryConfig;
}
