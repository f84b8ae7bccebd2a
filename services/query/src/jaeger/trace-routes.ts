import type { FastifyInstance } from 'fastify';
import { boundToRequests } from '../http/bound.ts';
import { traceStoreOf } from '../trace/store.ts';
import { search } from './answers.ts';
import { envelope, type EnvelopeError } from './envelope.ts';
import { jaegerTraceId, parseTraceId } from './ids.ts';
import type { JaegerOptions } from './options.ts';
import { parseTrace, parseTraces, type QueryString } from './params.ts';
import { sendError, sendJson } from './send.ts';
import { toJaegerTrace, type JaegerTrace } from './trace.ts';
import { transformOtlp } from './transform.ts';

type Route = { Querystring: QueryString };
type RouteById = Route & { Params: { id: string } };

/** What a page of the interface uploads: as much as the gateway takes in one request. */
const maxTransformBytes = 32 * 1024 * 1024;

export function traceRoutes(app: FastifyInstance, options: JaegerOptions): void {
  const { stream, readTraces, archive, clock, config } = options;
  const bound = boundToRequests(options);

  app.get<RouteById>('/api/traces/:id', async (request, reply) => {
    // The router takes `/api/traces/` for a trace without an id.
    if (request.params.id === '') return reply.callNotFound();
    const id = parseTraceId(request.params.id);
    if (!id.ok) return sendError(reply, 400, id.error);
    const params = parseTrace(request.query);
    if (!params.ok) return sendError(reply, 400, params.error);
    const traceStore = traceStoreOf(bound(request), stream.id);
    const trace = (await readTraces([id.value], traceStore, request.signal)).get(id.value);
    if (trace === undefined) return sendError(reply, 404, 'trace not found');
    return sendJson(request, reply, envelope([toJaegerTrace(trace.spans, params.value.raw)]));
  });

  app.get<Route>('/api/traces', async (request, reply) => {
    const params = parseTraces(request.query, clock.now(), config.maxSearchTraces);
    if (!params.ok) return sendError(reply, 400, params.error);
    const { traceIds, raw } = params.value;
    const client = bound(request);
    if (traceIds.length === 0) {
      const traces = await search(client, params.value.search);
      return sendJson(request, reply, envelope(traces.map((spans) => toJaegerTrace(spans, raw))));
    }
    const found: JaegerTrace[] = [];
    const errors: EnvelopeError[] = [];
    const traces = await readTraces(traceIds, traceStoreOf(client, stream.id), request.signal);
    for (const id of traceIds) {
      const trace = traces.get(id);
      if (trace === undefined) errors.push({ msg: 'trace not found', traceID: jaegerTraceId(id) });
      else found.push(toJaegerTrace(trace.spans, raw));
    }
    return sendJson(request, reply, envelope(found, 0, errors));
  });

  app.post<Route & { Body: Buffer | undefined }>(
    '/api/transform',
    { bodyLimit: maxTransformBytes },
    async (request, reply) => {
      const traces = transformOtlp(request.body ?? Buffer.alloc(0));
      if (!traces.ok) return sendError(reply, 400, traces.error);
      return sendJson(request, reply, envelope(traces.value));
    },
  );

  app.post<RouteById>('/api/archive/:id', async (request, reply) => {
    if (request.params.id === '') return reply.callNotFound();
    const id = parseTraceId(request.params.id);
    if (!id.ok) return sendError(reply, 400, id.error);
    const params = parseTrace(request.query);
    if (!params.ok) return sendError(reply, 400, params.error);
    const traceStore = traceStoreOf(bound(request), stream.id);
    switch (await archive(id.value, traceStore, request.signal)) {
      case 'not found':
        return sendError(reply, 404, 'trace not found');
      case 'open':
        return sendError(reply, 400, 'the trace is still open: keep it once it is stored, in a few seconds');
      case 'kept':
        // As Jaeger has it: here alone, no errors are an empty list.
        return sendJson(request, reply, { ...envelope([]), errors: [] });
    }
  });
}
