import { Type, type TSchema } from '@sinclair/typebox';
import type { FastifyPluginAsync } from 'fastify';
import { readOpenTraces, type OpenTrace } from '../trace/open-traces.ts';
import { answer, count, nullable, responses, service, timeText, traceIdText } from './answers.ts';
import type { Api } from './api.ts';
import type { SchemaOf } from './schemas.ts';
import { rfc3339 } from './search-params.ts';
import { headOf } from './trace-shape.ts';

interface OpenQuery {
  readonly limit: number;
}

const openSchema: SchemaOf<OpenQuery> = Type.Object(
  { limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }) },
  { additionalProperties: false },
);

export const openAnswer: TSchema = answer({
  traces: Type.Array(
    answer({
      traceId: traceIdText,
      root: nullable(answer({ service, operation: Type.String() })),
      services: Type.Array(service),
      startTime: timeText,
      spanCount: count,
      errorCount: count,
      firstChunkAt: timeText,
      lastChunkAt: timeText,
    }),
    { description: 'Those that something came for last, first; only what of them is open.' },
  ),
  more: Type.Boolean({ description: 'Something else is open, or may be.' }),
});

/** Traces before they are finished. */
export function openRoutes(api: Api): FastifyPluginAsync {
  return async (app) => {
    app.get<{ Querystring: OpenQuery }>(
      '/traces/open',
      {
        schema: { summary: 'Open traces, the latest first', querystring: openSchema, response: responses(openAnswer) },
      },
      async (request) => {
        const { traces, more } = await readOpenTraces(api.buffer, api.stream, request.query.limit, request.signal);
        return { traces: traces.map(openTraceAnswer), more };
      },
    );
  };
}

function openTraceAnswer({ traceId, spans, firstMs, lastMs }: OpenTrace): object {
  const { root, services, startNs, errors } = headOf(spans);
  return {
    traceId,
    root,
    services,
    startTime: rfc3339(startNs),
    spanCount: spans.length,
    errorCount: errors,
    firstChunkAt: new Date(firstMs).toISOString(),
    lastChunkAt: new Date(lastMs).toISOString(),
  };
}
