/** Spanloom's own HTTP API. See docs/api.md. */
import type { FastifyPluginAsync } from 'fastify';
import { recentTraces, services } from '@spanloom/store';
import { apiOf, type ApiOptions } from './api.ts';
import { clauseRoutes } from './clauses.ts';
import { compareRoutes } from './compare.ts';
import { edgeAnswers } from './edges.ts';
import { schemaError, sendApiError } from './error.ts';
import { failedBy } from './failed.ts';
import { fieldRoutes } from './fields.ts';
import { edgesAnswer, operationsAnswer, servicesAnswer, tracesAnswer } from './figure-answers.ts';
import { graphRoutes } from './graph.ts';
import { head } from './head.ts';
import { heatmapRoutes } from './heatmap.ts';
import { responses } from './answers.ts';
import { collectSchemas, serveDocument } from './openapi.ts';
import { openRoutes } from './open.ts';
import { operationAnswers } from './operations.ts';
import { pipelineRoutes } from './pipeline.ts';
import { rankRoutes } from './ranks.ts';
import { rollupRoutes } from './rollups.ts';
import { edgesSchema, nothingSchema, operationsSchema, tracesSchema } from './schemas.ts';
import type { EdgesQuery, OperationsQuery, TracesQuery } from './schemas.ts';
import { searchRoutes } from './search.ts';
import { seriesRoutes } from './series.ts';
import { statsRoutes } from './stats.ts';
import { settingsRoutes } from './settings.ts';
import { storageRoutes } from './storage.ts';
import { tailRoutes } from './tail.ts';
import { summaryAnswer } from './trace.ts';
import { traceRoutes } from './trace-route.ts';
import { parseFigures } from './window.ts';

export type { ApiOptions } from './api.ts';

export function apiRoutes(options: ApiOptions): FastifyPluginAsync {
  const api = apiOf(options);
  const { clock, logger, config } = options;

  return async (app) => {
    app.setErrorHandler((error: Error & { validation?: Parameters<typeof schemaError>[0] }, request, reply) => {
      if (error.validation !== undefined) return sendApiError(reply, 400, schemaError(error.validation));
      const failed = failedBy(error, request.signal, config);
      if (failed.logged) logger.error({ err: error, url: request.url }, 'an API request failed');
      return sendApiError(reply, failed.status, failed.error);
    });
    // Schemas of answers describe: a field that one of them lacks is sent all the same.
    app.setSerializerCompiler(() => JSON.stringify);
    await collectSchemas(app);

    app.get<{ Querystring: EdgesQuery }>(
      '/edges',
      {
        schema: { summary: 'Calls between services', querystring: edgesSchema, response: responses(edgesAnswer) },
      },
      async (request, reply) => {
        const params = parseFigures(request.query, clock.now(), config);
        if (!params.ok) return sendApiError(reply, 400, params.error);
        const bound = api.bound(request);
        // Before the figures: they may hold more than it says, never less.
        const complete = await api.complete(bound);
        const answer = await edgeAnswers(bound, request.query, params.value);
        return { ...head(params.value.window, complete), ...answer };
      },
    );

    app.get<{ Querystring: OperationsQuery }>(
      '/operations',
      {
        schema: {
          summary: 'Operations of services',
          querystring: operationsSchema,
          response: responses(operationsAnswer),
        },
      },
      async (request, reply) => {
        const params = parseFigures(request.query, clock.now(), config);
        if (!params.ok) return sendApiError(reply, 400, params.error);
        const bound = api.bound(request);
        const complete = await api.complete(bound);
        const answer = await operationAnswers(bound, request.query, params.value);
        return { ...head(params.value.window, complete), ...answer };
      },
    );

    app.get(
      '/services',
      { schema: { summary: 'Services', querystring: nothingSchema, response: responses(servicesAnswer) } },
      async (request) => ({ services: await services(api.bound(request)) }),
    );

    app.get<{ Querystring: TracesQuery }>(
      '/traces',
      { schema: { summary: 'The latest traces', querystring: tracesSchema, response: responses(tracesAnswer) } },
      async (request) => {
        const { limit, environment } = request.query;
        const summaries = await recentTraces(api.bound(request), {
          limit,
          ...(environment === undefined ? {} : { environment }),
        });
        return { traces: summaries.map(summaryAnswer) };
      },
    );

    await app.register(openRoutes(api));
    await app.register(traceRoutes(api));
    await app.register(rankRoutes(api));
    await app.register(searchRoutes(api));
    await app.register(clauseRoutes(api));
    await app.register(statsRoutes(api));
    await app.register(heatmapRoutes(api));
    await app.register(seriesRoutes(api));
    await app.register(graphRoutes(api));
    await app.register(compareRoutes(api));
    await app.register(fieldRoutes(api));
    await app.register(tailRoutes(api));
    await app.register(settingsRoutes(api));
    await app.register(pipelineRoutes(api));
    await app.register(storageRoutes(api));
    await app.register(rollupRoutes(api), { prefix: '/rollups' });
    serveDocument(app);
  };
}
