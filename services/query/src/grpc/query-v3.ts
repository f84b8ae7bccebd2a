/** `jaeger.api_v3.QueryService`: spans as OTLP. */
import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { ok, type Result, type Span } from '@spanloom/span';
import { encodeSpans } from '@spanloom/wire';
import { operationsOf, search, serviceNames, type TraceSearch } from '../jaeger/answers.ts';
import { dependencies } from '../jaeger/dependencies.ts';
import { parseTraceId } from '../jaeger/ids.ts';
import type { JaegerOptions } from '../jaeger/options.ts';
import { wrongDepth } from '../jaeger/params.ts';
import { otlpSpans } from '../jaeger-v3/otlp.ts';
import { summaryOf, type TraceSummary } from '../jaeger-v3/summaries.ts';
import { traceStoreOf } from '../trace/store.ts';
import { invalid, notFound, type CallError, type Calls } from './call.ts';
import { nanosecondsOf, type QueryMessage, type Seconds } from './messages.ts';
import { msOf } from './query-v2.ts';

interface ByTraceId {
  readonly traceId: string;
  readonly rawTraces: boolean;
}

type Query = (QueryMessage & { readonly attributes: Readonly<Record<string, string>> }) | null;

interface Find {
  readonly query: Query;
}

interface Window {
  readonly startTime: Seconds;
  readonly endTime: Seconds;
}

const path = (method: string): string => `/jaeger.api_v3.QueryService/${method}`;

export function queryV3(calls: Calls, options: JaegerOptions): UntypedServiceImplementation {
  const { stream, readTraces, config } = options;
  return {
    GetTrace: calls.streaming<ByTraceId>(path('GetTrace'), async ({ traceId, rawTraces }, { store, signal }) => {
      const id = parseTraceId(traceId);
      if (!id.ok) return invalid(`malformed trace ID: ${id.error}`);
      const trace = (await readTraces([id.value], traceStoreOf(store, stream.id), signal)).get(id.value);
      return trace === undefined ? notFound() : ok(tracesData([trace.spans], rawTraces));
    }),

    FindTraces: calls.streaming<Find>(path('FindTraces'), async ({ query }, { store }) => {
      const params = searchOf(query, config.maxSearchTraces);
      if (!params.ok) return params;
      return ok(tracesData(await search(store, params.value), query?.rawTraces === true));
    }),

    FindTraceSummaries: calls.streaming<Find>(path('FindTraceSummaries'), async ({ query }, { store }) => {
      const params = searchOf(query, config.maxSearchTraces);
      if (!params.ok) return params;
      const traces = await search(store, params.value);
      const summaries = traces.map((spans) => summaryMessage(summaryOf(spans, query?.rawTraces === true)));
      return ok(summaries.length === 0 ? [] : [{ summaries }]);
    }),

    GetServices: calls.unary<object>(path('GetServices'), async (_request, { store }) =>
      ok({ services: await serviceNames(store) }),
    ),

    GetOperations: calls.unary<{ service: string; spanKind: string }>(
      path('GetOperations'),
      async ({ service, spanKind }, { store }) => ok({ operations: await operationsOf(store, service, spanKind) }),
    ),

    GetDependencies: calls.unary<Window>(path('GetDependencies'), async ({ startTime, endTime }, { store }) => {
      const startNs = nanosecondsOf(startTime);
      const endNs = nanosecondsOf(endTime);
      if (startNs === null || endNs === null) return invalid('start_time and end_time are required');
      return ok({ dependencies: await dependencies(store, msOf(endNs), msOf(endNs - startNs)) });
    }),
  };
}

function searchOf(query: Query, maxTraces: number): Result<TraceSearch, CallError> {
  if (query === null) return invalid('missing query');
  const startNs = nanosecondsOf(query.startTimeMin);
  const endNs = nanosecondsOf(query.startTimeMax);
  if (startNs === null || endNs === null) return invalid('start time min and max are required parameters');
  if (startNs > endNs) return invalid('start_time_min must be before start_time_max');
  if (query.searchDepth <= 0 || query.searchDepth > maxTraces) return invalid(wrongDepth);
  return ok({
    service: query.serviceName,
    operation: query.operationName,
    tags: Object.entries(query.attributes),
    minDurationNs: Number(nanosecondsOf(query.durationMin) ?? 0),
    maxDurationNs: Number(nanosecondsOf(query.durationMax) ?? 0),
    startNs,
    endNs,
    limit: query.searchDepth,
  });
}

/** About 200 kB: clients take 4 MB by default. */
const spansOfMessage = 500;

function* tracesData(traces: readonly (readonly Span[])[], raw: boolean): Iterable<Uint8Array> {
  for (const trace of traces) {
    const spans = otlpSpans(trace, raw);
    for (let at = 0; at < spans.length; at += spansOfMessage) yield encodeSpans(spans.slice(at, at + spansOfMessage));
  }
}

function summaryMessage({ minStartNs, maxEndNs, ...others }: TraceSummary): object {
  return { ...others, minStartTimeUnixNano: String(minStartNs), maxEndTimeUnixNano: String(maxEndNs) };
}
