/** Jaeger's v3 HTTP API, as Jaeger UI from 2.19 on uses it. See docs/jaeger.md. */
import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import { boundToRequests } from '../http/bound.ts';
import { failureOf } from '../http/failure.ts';
import { operationsOf, search, serviceNames } from '../jaeger/answers.ts';
import { parseTraceId } from '../jaeger/ids.ts';
import type { JaegerOptions } from '../jaeger/options.ts';
import { first, type QueryString } from '../jaeger/params.ts';
import { traceStoreOf } from '../trace/store.ts';
import { omitDefaults, toResourceSpans } from './otlp.ts';
import { malformed, named, parseV3Search, parseV3Trace } from './params.ts';
import { summaryJson, summaryOf } from './summaries.ts';

type Route = { Querystring: QueryString };

const noTraces = 'No traces found';

export function jaegerV3Routes(options: JaegerOptions): FastifyPluginAsync {
  const { stream, readTraces, logger, config } = options;
  const bound = boundToRequests(options);
  return async (app) => {
    app.setErrorHandler((error, request, reply) => {
      const failure = failureOf(error, request.signal, config);
      if (failure.logged) logger.error({ err: error, url: request.url }, 'a Jaeger v3 request failed');
      return sendError(reply, failure.status, failure.message);
    });

    app.get<Route>('/api/v3/services', async (request, reply) =>
      send(reply, { services: await serviceNames(bound(request)) }),
    );

    app.get<Route>('/api/v3/operations', async (request, reply) => {
      const service = first(request.query, 'service');
      const { text: kind } = named(request.query, ['spanKind', 'span_kind']);
      const found = service === '' ? [] : await operationsOf(bound(request), service, kind);
      // A kind that was not said is shown as one that was.
      const operations = found.map(({ name, spanKind }) => ({
        name,
        spanKind: spanKind === '' ? 'internal' : spanKind,
      }));
      return send(reply, { operations });
    });

    app.get<Route & { Params: { id: string } }>('/api/v3/traces/:id', async (request, reply) => {
      if (request.params.id === '') return reply.callNotFound();
      const id = parseTraceId(request.params.id);
      if (!id.ok) return sendError(reply, 400, malformed('trace_id', id.error));
      const params = parseV3Trace(request.query);
      if (!params.ok) return sendError(reply, 400, params.error);
      const traceStore = traceStoreOf(bound(request), stream.id);
      const trace = (await readTraces([id.value], traceStore, request.signal)).get(id.value);
      if (trace === undefined) return sendError(reply, 404, noTraces);
      return send(reply, { result: { resourceSpans: toResourceSpans([trace.spans], params.value.raw) } });
    });

    app.get<Route>('/api/v3/traces', async (request, reply) => {
      const params = parseV3Search(request.query, config.maxSearchTraces);
      if (!params.ok) return sendError(reply, 400, params.error);
      const traces = await search(bound(request), params.value.search);
      if (traces.length === 0) return sendError(reply, 404, noTraces);
      return send(reply, { result: { resourceSpans: toResourceSpans(traces, params.value.raw) } });
    });

    app.get<Route>('/api/v3/trace-summaries', async (request, reply) => {
      const params = parseV3Search(request.query, config.maxSearchTraces);
      if (!params.ok) return sendError(reply, 400, params.error);
      const traces = await search(bound(request), params.value.search);
      return send(reply, { summaries: traces.map((spans) => summaryJson(summaryOf(spans, params.value.raw))) });
    });
  };
}

/** As bytes, because fastify adds a charset to strings of JSON, and Jaeger's answers have none. */
function send(reply: FastifyReply, body: object): FastifyReply {
  return reply.type('application/json').send(Buffer.from(JSON.stringify(body, omitDefaults)));
}

/** As text, with the content type that Jaeger gives it. */
function sendError(reply: FastifyReply, status: number, message: string): FastifyReply {
  const body = `${JSON.stringify({ error: { httpCode: status, message } })}\n`;
  return reply.code(status).type('text/plain; charset=utf-8').send(Buffer.from(body));
}
