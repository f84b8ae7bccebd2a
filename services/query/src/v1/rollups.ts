import type { FastifyPluginAsync } from 'fastify';
import { rollupResults, rollupRuns, type ReadClient } from '@spanloom/store';
import { boundTo } from '../http/bound.ts';
import { rollupResultsSchema, rollupRunsSchema } from './schemas.ts';
import type { RollupResultsQuery, RollupRunsQuery } from './schemas.ts';
import { rfc3339Seconds } from './time.ts';

/** What rollups did and gave. See docs/rollups.md. */
export function rollupRoutes(store: ReadClient): FastifyPluginAsync {
  const window = (fromSeconds: number, toSeconds: number): object => ({
    from: rfc3339Seconds(fromSeconds * 1000),
    to: rfc3339Seconds(toSeconds * 1000),
  });
  return async (app) => {
    app.get<{ Querystring: RollupRunsQuery }>(
      '/runs',
      { schema: { querystring: rollupRunsSchema } },
      async (request) => {
        const runs = await rollupRuns(boundTo(store, request.signal), request.query);
        return {
          runs: runs.map((run) => ({
            name: run.name,
            ...window(run.fromSeconds, run.toSeconds),
            attempt: run.attempt,
            status: run.status,
            rows: run.rows,
            startedAt: new Date(run.startedMs).toISOString(),
            durationMs: run.durationMs,
            completeTo: run.watermarkMs === 0 ? null : rfc3339Seconds(run.watermarkMs),
            scheduler: run.scheduler,
            error: run.error === '' ? null : run.error,
          })),
        };
      },
    );

    app.get<{ Querystring: RollupResultsQuery }>(
      '/results',
      { schema: { querystring: rollupResultsSchema } },
      async (request) => {
        const results = await rollupResults(boundTo(store, request.signal), request.query);
        return {
          results: results.map(({ fromSeconds, toSeconds, lines }) => ({ ...window(fromSeconds, toSeconds), lines })),
        };
      },
    );
  };
}
