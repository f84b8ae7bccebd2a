/** Jaeger's legacy HTTP API, as Jaeger UI and Grafana use it. See docs/jaeger.md. */
import type { FastifyPluginAsync } from 'fastify';
import { boundToRequests } from '../http/bound.ts';
import { failureOf } from '../http/failure.ts';
import { operationsOf, serviceNames, uniqueNames } from './answers.ts';
import { dependencies, ofService } from './dependencies.ts';
import { envelope } from './envelope.ts';
import { metricsRoutes } from './metrics-routes.ts';
import type { JaegerOptions } from './options.ts';
import { first, integer, type QueryString } from './params.ts';
import { sendError, sendJson } from './send.ts';
import { traceRoutes } from './trace-routes.ts';

type Route = { Querystring: QueryString };

export function jaegerRoutes(options: JaegerOptions): FastifyPluginAsync {
  const { clock, logger, config } = options;
  const bound = boundToRequests(options);
  return async (app) => {
    // Bodies are read as they are, whatever their sender calls them.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    app.setErrorHandler((error, request, reply) => {
      if (isTooLarge(error)) return sendError(reply, 413, error.message);
      const failure = failureOf(error, request.signal, config);
      if (failure.logged) logger.error({ err: error, url: request.url }, 'a Jaeger request failed');
      return sendError(reply, failure.status, failure.message);
    });

    app.get<Route>('/api/services', async (request, reply) => {
      const names = await serviceNames(bound(request));
      return sendJson(request, reply, envelope(names, names.length));
    });

    app.get<Route & { Params: { service: string } }>('/api/services/:service/operations', async (request, reply) => {
      const names = uniqueNames(await operationsOf(bound(request), request.params.service, ''));
      return sendJson(request, reply, envelope(names.length === 0 ? null : names, names.length));
    });

    app.get<Route>('/api/operations', async (request, reply) => {
      const service = first(request.query, 'service');
      if (service === '') return sendError(reply, 400, "parameter 'service' is required");
      const found = await operationsOf(bound(request), service, first(request.query, 'spanKind'));
      return sendJson(request, reply, envelope(found, found.length));
    });

    app.get<Route>('/api/dependencies', async (request, reply) => {
      const endMs = integer(request.query, 'endTs', clock.now());
      if (!endMs.ok) return sendError(reply, 400, endMs.error);
      const lookbackMs = integer(request.query, 'lookback', 86_400_000);
      if (!lookbackMs.ok) return sendError(reply, 400, lookbackMs.error);
      const found = await dependencies(bound(request), endMs.value, lookbackMs.value);
      return sendJson(request, reply, envelope(ofService(found, first(request.query, 'service'))));
    });

    traceRoutes(app, options);
    metricsRoutes(app, options);
  };
}

function isTooLarge(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.code === 'FST_ERR_CTP_BODY_TOO_LARGE';
}
