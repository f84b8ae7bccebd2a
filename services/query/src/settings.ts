import { parseLinks, type Config } from '@spanloom/runtime';

import { type QueryConfig, defaultQueryConfig } from './options.ts';

/** What the query service needs, from the settings. */
export function queryConfigOf(config: Config): QueryConfig {
  const links = parseLinks(config.link);
  return {
    ...defaultQueryConfig,
    host: config.host,
    port: config.queryPort,
    grpcPort: config.queryGrpcPort,
    basePath: config.queryBasePath,
    intakePort: config.otlpHttpPort,
    intakeGrpcPort: config.otlpGrpcPort,
    // They were looked at when the settings were read.
    links: links.ok ? links.value : [],
    maxTraceAgeMs: config.maxAge,
    settleMs: config.settle,
    quietMs: config.quiet,
    traceRetentionMs: config.traceRetention,
    minuteRetentionMs: config.aggregateRetention,
    hourRetentionMs: config.hourRetention,
  };
}
