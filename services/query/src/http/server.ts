import type { ServerResponse } from 'node:http';
import fastify, { type FastifyInstance } from 'fastify';
import type { QueryMetrics } from '../metrics.ts';
import type { QueryConfig } from '../options.ts';
import { normalBasePath, withoutBasePath } from './base-path.ts';
import { traceResponse } from './trace-response.ts';

/** A server without routes. Every request has the time limit of the configuration, on `request.signal`. */
export function createServer(config: QueryConfig, metrics: QueryMetrics): FastifyInstance {
  const basePath = normalBasePath(config.basePath);
  const server = fastify({
    rewriteUrl: (request) => withoutBasePath(request.url ?? '/', basePath),
    handlerTimeout: config.requestTimeoutMs,
    // For a caller that sends its request drop by drop.
    requestTimeout: config.requestTimeoutMs,
    // A name of a service or a trace id in a path; longer ones are no route.
    routerOptions: { maxParamLength: 4096 },
    // Before any route: a path that is no URL, such as `/%zz`.
    frameworkErrors: (_error, request, reply) => refuseUrl(reply.raw, request.headers['traceparent']),
    ajv: { customOptions: { removeAdditional: false, coerceTypes: true, useDefaults: true, allErrors: false } },
  });
  if (basePath !== '') {
    // The links of the page are relative to the path with a slash.
    server.addHook('onRequest', async (request, reply) =>
      request.originalUrl === basePath ? reply.redirect(`${basePath}/`) : undefined,
    );
  }
  server.addHook('onSend', async (request, reply) => {
    reply.header('x-content-type-options', 'nosniff');
    reply.header('traceresponse', traceResponse(request.headers['traceparent']));
  });
  server.addHook('onResponse', async (request, reply) => {
    metrics.request(request.routeOptions.url ?? 'page', reply.statusCode, reply.elapsedTime / 1000);
  });
  return server;
}

function refuseUrl(response: ServerResponse, traceparent: string | string[] | undefined): void {
  const headers = { 'content-type': 'text/plain; charset=utf-8', traceresponse: traceResponse(traceparent) };
  response.writeHead(400, headers).end('400 Bad Request\n');
}
