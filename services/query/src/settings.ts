import type { Config } from '@spanloom/runtime';

import { type QueryConfig, defaultQueryConfig } from './options.ts';

/** What the query service needs, from the settings. */
export function queryConfigOf({ host, queryPort, otlpHttpPort, maxAge }: Config): QueryConfig {
  return { ...defaultQueryConfig, host, port: queryPort, intakePort: otlpHttpPort, maxTraceAgeMs: maxAge };
}
