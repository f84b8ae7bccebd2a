import { Type, type TSchema } from '@sinclair/typebox';
import type { FastifyPluginAsync } from 'fastify';
import { parseTraceId } from '@spanloom/span';
import { linksTo } from '@spanloom/store';
import { traceStoreOf } from '../trace/store.ts';
import {
  answer,
  count,
  durations,
  milliseconds,
  nullable,
  responses,
  service,
  spanIdText,
  timeText,
  traceIdText,
} from './answers.ts';
import type { Api } from './api.ts';
import { sendApiError } from './error.ts';
import { nothingSchema } from './schemas.ts';
import { traceAnswer } from './trace.ts';
import { noTraceId, unknownTrace } from './unknown-trace.ts';

const fragment: TSchema = answer({
  partition: count,
  position: count,
  reason: Type.String(),
  part: count,
  parts: count,
  late: Type.Boolean({ description: 'Stored after another fragment of the trace.' }),
  lateByMs: nullable(
    Type.Integer({
      minimum: 0,
      description: 'How long after the first fragment it was finished, by the times of their batches; null: not late.',
    }),
  ),
  unlinked: Type.Boolean(),
  timeShifted: Type.Boolean(),
  truncated: Type.Boolean(),
  spanCount: count,
  appendedAt: timeText,
});

const edge: TSchema = answer({
  client: nullable(service),
  server: service,
  kind: Type.String(),
  operation: Type.String(),
  calls: count,
  clientErrors: count,
  serverErrors: count,
  unpaired: count,
  clientDurationMs: durations,
  serverDurationMs: durations,
});

export const traceAnswerSchema: TSchema = answer({
  traceId: traceIdText,
  state: Type.Union([Type.Literal('open'), Type.Literal('stored')]),
  complete: Type.Boolean(),
  remoteRoot: Type.Boolean(),
  roots: count,
  missingParents: Type.Array(spanIdText),
  missingCount: count,
  spanCount: count,
  duplicateSpans: count,
  partial: Type.Boolean(),
  kept: Type.Boolean({ description: 'Also where nothing expires.' }),
  fragments: Type.Array(fragment),
  spanFragments: Type.Array(
    answer({
      fragment: nullable(Type.Integer({ minimum: 0, description: 'Index in `fragments`; null: not stored yet.' })),
      spanCount: Type.Integer({ minimum: 1 }),
    }),
    { description: 'What the spans came with, in runs, in the order in which they stand in `trace`.' },
  ),
  buffered: nullable(
    answer(
      {
        chunkCount: count,
        spanCount: count,
        firstChunkAt: timeText,
        lastChunkAt: timeText,
        closesAt: timeText,
        closesBecause: Type.Union(['complete', 'quiet', 'maxAge'].map((each) => Type.Literal(each))),
      },
      'What waits for the trace to finish, and when that is unless more comes.',
    ),
  ),
  edges: Type.Array(edge),
  criticalPath: Type.Array(answer({ spanId: spanIdText, kind: Type.String(), durationMs: milliseconds }), {
    description: 'Spans with time on the critical path, the most first.',
  }),
  linkedFrom: Type.Array(
    answer({
      traceId: traceIdText,
      spanId: spanIdText,
      service: Type.String(),
      operation: Type.String(),
      startTime: timeText,
      toSpanId: spanIdText,
    }),
    { description: 'Stored spans of other traces that link to this one, of at most 100 spans.' },
  ),
  trace: Type.Object({ resourceSpans: Type.Array(Type.Object({})) }, { description: 'OTLP JSON, `TracesData`.' }),
});

const maxLinks = 100;

export function traceRoutes(api: Api): FastifyPluginAsync {
  return async (app) => {
    app.get<{ Params: { id: string } }>(
      '/traces/:id',
      {
        schema: {
          summary: 'A trace, also while it is open',
          params: Type.Object({ id: Type.String({ description: '1 to 32 hexadecimal digits.' }) }),
          querystring: nothingSchema,
          response: responses(traceAnswerSchema, { 404: 'No span of that trace is known.' }),
        },
      },
      async (request, reply) => {
        const traceId = parseTraceId(request.params.id);
        if (traceId === null) {
          return sendApiError(reply, 400, noTraceId);
        }
        const bound = api.bound(request);
        const traceStore = traceStoreOf(bound, api.stream.id);
        const [traces, links] = await Promise.all([
          api.readTraces([traceId], traceStore, request.signal),
          linksTo(bound, traceId, maxLinks),
        ]);
        const trace = traces.get(traceId);
        if (trace === undefined) {
          return sendApiError(reply, 404, await unknownTrace(api, bound, traceId));
        }
        return traceAnswer(traceId, trace, links, api.config);
      },
    );
  };
}
