/** Jaeger's legacy HTTP API, as Jaeger UI and Grafana use it. See docs/api.md. */
import type { FastifyPluginAsync } from 'fastify';
import type { Stream } from '@spanloom/log';
import type { Clock } from '@spanloom/span';
import type { ReadClient } from '@spanloom/store';
import { boundTo } from '../http/bound.ts';
import { failureOf } from '../http/failure.ts';
import type { QueryConfig, QueryLogger } from '../options.ts';
import type { ReadTraces } from '../trace/read.ts';
import { traceStoreOf } from '../trace/store.ts';
import { dependencies, operationNames, operationsOfKind, search, serviceNames } from './answers.ts';
import { envelope, type EnvelopeError } from './envelope.ts';
import { jaegerTraceId, parseTraceId } from './ids.ts';
import { all, first, integer, parseRaw, parseSearch, parseTraceIds, type QueryString } from './params.ts';
import { sendEnvelope, sendError } from './send.ts';
import { toJaegerTrace, type JaegerTrace } from './trace.ts';

export interface JaegerOptions {
  readonly store: ReadClient;
  readonly stream: Stream;
  readonly readTraces: ReadTraces;
  readonly clock: Clock;
  readonly logger: QueryLogger;
  readonly config: QueryConfig;
}

type Route = { Querystring: QueryString };

export function jaegerRoutes(options: JaegerOptions): FastifyPluginAsync {
  const { store, stream, readTraces, clock, logger, config } = options;
  return async (app) => {
    app.setErrorHandler((error, request, reply) => {
      const failure = failureOf(error, request.signal, config.requestTimeoutMs);
      logger.error({ err: error, url: request.url }, 'a Jaeger request failed');
      return sendError(reply, failure.status, failure.message);
    });

    app.get<Route>('/api/services', async (request, reply) => {
      const names = await serviceNames(boundTo(store, request.signal));
      return sendEnvelope(request, reply, envelope(names, names.length));
    });

    app.get<Route & { Params: { service: string } }>('/api/services/:service/operations', async (request, reply) => {
      const names = await operationNames(boundTo(store, request.signal), request.params.service);
      return sendEnvelope(request, reply, envelope(names.length === 0 ? null : names, names.length));
    });

    app.get<Route>('/api/operations', async (request, reply) => {
      const service = first(request.query, 'service');
      if (service === '') return sendError(reply, 400, "parameter 'service' is required");
      const kind = first(request.query, 'spanKind');
      const found = await operationsOfKind(boundTo(store, request.signal), service, kind);
      return sendEnvelope(request, reply, envelope(found, found.length));
    });

    app.get<Route & { Params: { id: string } }>('/api/traces/:id', async (request, reply) => {
      // The router takes `/api/traces/` for a trace without an id.
      if (request.params.id === '') return reply.callNotFound();
      const id = parseTraceId(request.params.id);
      if (!id.ok) return sendError(reply, 400, id.error);
      for (const name of ['start', 'end']) {
        const bound = integer(request.query, name, 0);
        if (!bound.ok) return sendError(reply, 400, bound.error);
      }
      const raw = parseRaw(request.query);
      if (!raw.ok) return sendError(reply, 400, raw.error);
      const traceStore = traceStoreOf(boundTo(store, request.signal), stream.id);
      const trace = (await readTraces([id.value], traceStore, request.signal)).get(id.value);
      if (trace === undefined) return sendError(reply, 404, 'trace not found');
      return sendEnvelope(request, reply, envelope([toJaegerTrace(trace.spans, raw.value)]));
    });

    app.get<Route>('/api/traces', async (request, reply) => {
      const raw = parseRaw(request.query);
      if (!raw.ok) return sendError(reply, 400, raw.error);
      const bound = boundTo(store, request.signal);
      if (all(request.query, 'traceID').length === 0) {
        const params = parseSearch(request.query, clock.now(), config.maxSearchTraces);
        if (!params.ok) return sendError(reply, 400, params.error);
        return sendEnvelope(request, reply, envelope(await search(bound, params.value, raw.value)));
      }
      const ids = parseTraceIds(request.query);
      if (!ids.ok) return sendError(reply, 400, ids.error);
      if (ids.value.length > config.maxSearchTraces) {
        return sendError(reply, 400, `at most ${config.maxSearchTraces} traces can be asked for`);
      }
      const found: JaegerTrace[] = [];
      const errors: EnvelopeError[] = [];
      const traces = await readTraces(ids.value, traceStoreOf(bound, stream.id), request.signal);
      for (const id of ids.value) {
        const trace = traces.get(id);
        if (trace === undefined) errors.push({ msg: 'trace not found', traceID: jaegerTraceId(id) });
        else found.push(toJaegerTrace(trace.spans, raw.value));
      }
      return sendEnvelope(request, reply, envelope(found, 0, errors));
    });

    app.get<Route>('/api/dependencies', async (request, reply) => {
      const endMs = integer(request.query, 'endTs', clock.now());
      if (!endMs.ok) return sendError(reply, 400, endMs.error);
      const lookbackMs = integer(request.query, 'lookback', 86_400_000);
      if (!lookbackMs.ok) return sendError(reply, 400, lookbackMs.error);
      const found = await dependencies(boundTo(store, request.signal), endMs.value, lookbackMs.value);
      const service = first(request.query, 'service');
      const shown = found.filter((each) => service === '' || each.parent === service || each.child === service);
      return sendEnvelope(request, reply, envelope(shown));
    });
  };
}
