import { Type, type TSchema } from '@sinclair/typebox';
import type { FastifyPluginAsync } from 'fastify';
import { parseTraceId, type Histogram, type Service, type SpanId, type SpanKind, type TraceId } from '@spanloom/span';
import { maxOperationsNamed, operationFiguresByLevel, traceOperations } from '@spanloom/store';
import type { OperationRow, ReadClient, TraceOperation } from '@spanloom/store';
import { kindNames } from '../search/fields.ts';
import { traceStoreOf } from '../trace/store.ts';
import { answer, count, durations, headed, nullable, responses, service, spanIdText } from './answers.ts';
import type { Api } from './api.ts';
import { durationsMs } from './durations.ts';
import { sendApiError } from './error.ts';
import { head } from './head.ts';
import { nothingSchema } from './schemas.ts';
import { operationsOf } from './trace-shape.ts';
import { noTraceId, unknownTrace } from './unknown-trace.ts';

const usualMinutes = 24 * 60;
const bucketsPerDoubling = 8;
/** The histograms have four times as many: 9 % wide is narrow enough to tell a rank by. */
const mergedBuckets = 4;
const quantiles = [
  { name: 'p50', q: 0.5 },
  { name: 'p95', q: 0.95 },
  { name: 'p99', q: 0.99 },
];

export const ranksAnswer: TSchema = answer({
  ...headed,
  bucketsPerDoubling: count,
  groups: Type.Array(
    answer({
      service,
      operation: Type.String(),
      kind: Type.String(),
      names: Type.Array(Type.String(), { description: 'Spans of this service and kind that are named so are in it.' }),
      spanIds: Type.Array(spanIdText, { description: 'Spans in it whose name alone would lead to another group.' }),
      spanCount: count,
      calls: count,
      durationMs: durations,
      histogram: nullable(
        answer(
          { first: Type.Integer(), counts: Type.Array(count) },
          'Bucket i of `counts` holds durations in (2^((first+i)/bucketsPerDoubling), 2^((first+i+1)/…)] ns.',
        ),
      ),
    }),
    { description: 'Those with the most spans first; at most 250.' },
  ),
});

/** How long the operations of a trace usually take: with it each span's rank among them can be told. */
export function rankRoutes(api: Api): FastifyPluginAsync {
  return async (app) => {
    app.get<{ Params: { id: string } }>(
      '/traces/:id/ranks',
      {
        schema: {
          summary: 'How long the operations of a trace took in the last 24 hours',
          params: Type.Object({ id: Type.String({ description: '1 to 32 hexadecimal digits.' }) }),
          querystring: nothingSchema,
          response: responses(ranksAnswer, { 404: 'No span of that trace is known.' }),
        },
      },
      async (request, reply) => {
        const traceId = parseTraceId(request.params.id);
        if (traceId === null) return sendApiError(reply, 400, noTraceId);
        const bound = api.bound(request);
        const toMinute = Math.ceil(api.clock.now() / 60_000);
        const window = { fromMinute: toMinute - usualMinutes, toMinute };
        const complete = await api.complete(bound);
        const groups = groupsOf(await operationsOfTrace(api, bound, traceId, request.signal));
        if (groups.length === 0) return sendApiError(reply, 404, await unknownTrace(api, bound, traceId));
        const among = groups.map((group) => ({ service: group.service.name, operation: group.operation }));
        const { rows } = await operationFiguresByLevel(bound, { ...window, among });
        const usual = new Map(rows.map((row) => [keyOf(row), row]));
        return {
          ...head(window, complete),
          bucketsPerDoubling,
          groups: groups.map((group) => groupAnswer(group, usual.get(keyOf(group)))),
        };
      },
    );
  };
}

/** From the store, which is cheap; where nothing is stored yet, from the spans that are on their way. */
async function operationsOfTrace(
  api: Api,
  bound: ReadClient,
  traceId: TraceId,
  signal: AbortSignal,
): Promise<readonly TraceOperation[]> {
  const stored = await traceOperations(bound, traceId);
  if (stored.length > 0) return stored;
  const found = await api.readTraces([traceId], traceStoreOf(bound, api.stream.id), signal);
  return operationsOf(found.get(traceId)?.spans ?? []);
}

/** An operation of a trace, and how its spans are known. */
interface Group {
  readonly service: Service;
  readonly operation: string;
  readonly kind: SpanKind;
  readonly names: string[];
  readonly spanIds: SpanId[];
  spanCount: number;
}

/** A name leads to the operation that most of its spans are counted under; others are named one by one. */
function groupsOf(operations: readonly TraceOperation[]): Group[] {
  const groups = new Map<string, Group>();
  const namesSeen = new Set<string>();
  for (const { name, spanIds, ...of } of operations) {
    const key = keyOf(of);
    const group = groups.get(key) ?? { ...of, names: [], spanIds: [], spanCount: 0 };
    groups.set(key, group);
    group.spanCount += spanIds.length;
    const nameKey = keyOf({ ...of, operation: name });
    if (namesSeen.has(nameKey)) group.spanIds.push(...spanIds);
    else group.names.push(name);
    namesSeen.add(nameKey);
  }
  return [...groups.values()].toSorted((a, b) => b.spanCount - a.spanCount).slice(0, maxOperationsNamed);
}

function keyOf({ service: of, operation, kind }: Pick<Group, 'service' | 'operation' | 'kind'>): string {
  return JSON.stringify([of.environment, of.namespace, of.name, operation, kind]);
}

function groupAnswer({ kind, ...group }: Group, usual: OperationRow | undefined): object {
  return {
    ...group,
    kind: kindNames[kind],
    calls: usual?.calls ?? 0,
    durationMs: usual === undefined ? null : durationsMs(usual.histogram, quantiles),
    histogram: usual === undefined ? null : denseOf(usual.histogram),
  };
}

/** From the lowest to the highest bucket, without the holes between. */
function denseOf(histogram: Histogram): object | null {
  const merged = new Map<number, number>();
  for (const [bucket, times] of histogram) {
    const at = Math.floor(bucket / mergedBuckets);
    if (times > 0) merged.set(at, (merged.get(at) ?? 0) + times);
  }
  if (merged.size === 0) return null;
  const first = Math.min(...merged.keys());
  const length = Math.max(...merged.keys()) - first + 1;
  return { first, counts: Array.from({ length }, (_, at) => merged.get(first + at) ?? 0) };
}
