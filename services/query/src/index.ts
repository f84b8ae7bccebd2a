export { createQuery } from './query.ts';
export type { Query } from './query.ts';
export { defaultQueryConfig } from './options.ts';
export type { QueryConfig, QueryLogger, QueryOptions } from './options.ts';
export { normalBasePath } from './http/base-path.ts';
export { createQueryMetrics } from './metrics.ts';
export type { QueryMetrics } from './metrics.ts';
export { queryConfigOf } from './settings.ts';
export { runQuery } from './main.ts';
