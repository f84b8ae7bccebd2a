import { Type, type TSchema } from '@sinclair/typebox';
import type { FastifyPluginAsync } from 'fastify';
import { rollupResults, rollupRuns } from '@spanloom/store';
import { answer, milliseconds, nullable, responses, timeText } from './answers.ts';
import type { Api } from './api.ts';
import { rollupResultsSchema, rollupRunsSchema } from './schemas.ts';
import type { RollupResultsQuery, RollupRunsQuery } from './schemas.ts';
import { rfc3339Seconds } from './time.ts';

const windowOf = { from: timeText, to: timeText };

export const rollupRunsAnswer: TSchema = answer({
  runs: Type.Array(
    answer({
      name: Type.String(),
      ...windowOf,
      attempt: Type.Integer({ minimum: 1, description: 'Counted in each window.' }),
      status: Type.Union(['running', 'done', 'failed'].map((each) => Type.Literal(each))),
      rows: Type.Integer({ minimum: 0, description: 'Lines that it wrote.' }),
      startedAt: timeText,
      durationMs: milliseconds,
      completeTo: nullable(Type.String({ description: 'How far the figures were complete when it began.' })),
      scheduler: Type.String({ description: 'Who ran it.' }),
      error: nullable(Type.String()),
    }),
    { description: 'Newest first.' },
  ),
});

export const rollupResultsAnswer: TSchema = answer({
  results: Type.Array(answer({ ...windowOf, lines: Type.Array(Type.Record(Type.String(), Type.Unknown())) }), {
    description: 'Newest first.',
  }),
});

/** What rollups did and gave. See docs/rollups.md. */
export function rollupRoutes(api: Api): FastifyPluginAsync {
  const window = (fromSeconds: number, toSeconds: number): object => ({
    from: rfc3339Seconds(fromSeconds * 1000),
    to: rfc3339Seconds(toSeconds * 1000),
  });
  return async (app) => {
    app.get<{ Querystring: RollupRunsQuery }>(
      '/runs',
      {
        schema: {
          summary: 'Runs of rollups',
          querystring: rollupRunsSchema,
          response: responses(rollupRunsAnswer),
        },
      },
      async (request) => {
        const runs = await rollupRuns(api.bound(request), request.query);
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
      {
        schema: {
          summary: 'What a rollup without a table of its own gave',
          querystring: rollupResultsSchema,
          response: responses(rollupResultsAnswer),
        },
      },
      async (request) => {
        const results = await rollupResults(api.bound(request), request.query);
        return {
          results: results.map(({ fromSeconds, toSeconds, lines }) => ({ ...window(fromSeconds, toSeconds), lines })),
        };
      },
    );
  };
}
