/** Spanloom's own HTTP API. See docs/api.md. */
import type { FastifyPluginAsync } from 'fastify';
import type { Stream } from '@spanloom/log';
import { parseTraceId, type Clock } from '@spanloom/span';
import { positions, recentTraces, services, type ReadClient } from '@spanloom/store';
import { boundTo } from '../http/bound.ts';
import { failureOf } from '../http/failure.ts';
import type { QueryConfig, QueryLogger } from '../options.ts';
import type { ReadTraces } from '../trace/read.ts';
import { traceStoreOf } from '../trace/store.ts';
import { completeness, type Completeness } from './completeness.ts';
import { edgeAnswers } from './edges.ts';
import { invalid, schemaError, sendApiError } from './error.ts';
import { operationAnswers } from './operations.ts';
import { rollupRoutes } from './rollups.ts';
import { edgesSchema, nothingSchema, operationsSchema, tracesSchema } from './schemas.ts';
import type { EdgesQuery, OperationsQuery, TracesQuery } from './schemas.ts';
import { rfc3339Seconds, type Window } from './time.ts';
import { summaryAnswer, traceAnswer } from './trace.ts';
import { parseFigures } from './window.ts';

export interface ApiOptions {
  readonly store: ReadClient;
  readonly stream: Stream;
  readonly readTraces: ReadTraces;
  readonly clock: Clock;
  readonly logger: QueryLogger;
  readonly config: QueryConfig;
}

export function apiRoutes(options: ApiOptions): FastifyPluginAsync {
  const { store, stream, readTraces, clock, logger, config } = options;

  async function readCompleteness(bound: ReadClient): Promise<Completeness> {
    const ofStream = (await positions(bound)).filter((each) => each.stream === stream.id);
    const watermarks = Array.from({ length: stream.partitions }, (_, partition) => ({
      partition,
      streamTimeMs: ofStream.find((each) => each.partition === partition)?.watermark.streamTimeMs ?? null,
    }));
    return completeness(watermarks, config.maxTraceAgeMs);
  }

  return async (app) => {
    app.setErrorHandler((error: Error & { validation?: Parameters<typeof schemaError>[0] }, request, reply) => {
      if (error.validation !== undefined) return sendApiError(reply, 400, schemaError(error.validation));
      const { status, code, message } = failureOf(error, request.signal, config.requestTimeoutMs);
      logger.error({ err: error, url: request.url }, 'an API request failed');
      return sendApiError(reply, status, { code, message, parameter: null });
    });

    app.get<{ Querystring: EdgesQuery }>('/edges', { schema: { querystring: edgesSchema } }, async (request, reply) => {
      const params = parseFigures(request.query, clock.now(), config);
      if (!params.ok) return sendApiError(reply, 400, params.error);
      const bound = boundTo(store, request.signal);
      // Before the figures: they may hold more than it says, never less.
      const complete = await readCompleteness(bound);
      const answer = await edgeAnswers(bound, request.query, params.value);
      return { ...head(params.value.window, complete), ...answer };
    });

    app.get<{ Querystring: OperationsQuery }>(
      '/operations',
      { schema: { querystring: operationsSchema } },
      async (request, reply) => {
        const params = parseFigures(request.query, clock.now(), config);
        if (!params.ok) return sendApiError(reply, 400, params.error);
        const bound = boundTo(store, request.signal);
        const complete = await readCompleteness(bound);
        const answer = await operationAnswers(bound, request.query, params.value);
        return { ...head(params.value.window, complete), ...answer };
      },
    );

    await app.register(rollupRoutes(store), { prefix: '/rollups' });

    app.get('/services', { schema: { querystring: nothingSchema } }, async (request) => ({
      services: await services(boundTo(store, request.signal)),
    }));

    app.get<{ Querystring: TracesQuery }>('/traces', { schema: { querystring: tracesSchema } }, async (request) => {
      const { limit, environment } = request.query;
      const summaries = await recentTraces(boundTo(store, request.signal), {
        limit,
        ...(environment === undefined ? {} : { environment }),
      });
      return { traces: summaries.map(summaryAnswer) };
    });

    app.get<{ Params: { id: string } }>(
      '/traces/:id',
      { schema: { querystring: nothingSchema } },
      async (request, reply) => {
        const traceId = parseTraceId(request.params.id);
        if (traceId === null) {
          return sendApiError(reply, 400, invalid('id', 'A trace id has 1 to 32 hexadecimal digits, not all zero.'));
        }
        const traceStore = traceStoreOf(boundTo(store, request.signal), stream.id);
        const trace = (await readTraces([traceId], traceStore, request.signal)).get(traceId);
        if (trace === undefined) {
          return sendApiError(reply, 404, {
            code: 'not_found',
            message: `There is no trace ${traceId}.`,
            parameter: 'id',
          });
        }
        return traceAnswer(traceId, trace);
      },
    );
  };
}

/** How every answer with figures begins: the window really used, and how far it is complete. */
function head(window: Window, { completeToMs, behind }: Completeness): object {
  return {
    from: rfc3339Seconds(window.fromMinute * 60_000),
    to: rfc3339Seconds(window.toMinute * 60_000),
    completeTo: completeToMs === null ? null : rfc3339Seconds(completeToMs),
    behind: behind.map(({ partition, streamTimeMs }) => ({
      partition,
      streamTime: streamTimeMs === null ? null : rfc3339Seconds(streamTimeMs),
    })),
  };
}
