/** `jaeger.api_v2.QueryService`: spans in Jaeger's own model, ten in a message, as Jaeger sends them. */
import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { ok, type Result, type Span, type TraceId } from '@spanloom/span';
import { operationsOf, search, serviceNames, uniqueNames } from '../jaeger/answers.ts';
import { dependencies } from '../jaeger/dependencies.ts';
import { modelSpans } from '../jaeger/model.ts';
import type { JaegerOptions } from '../jaeger/options.ts';
import { wrongDepth } from '../jaeger/params.ts';
import { shownSpans } from '../jaeger/shown.ts';
import { traceStoreOf } from '../trace/store.ts';
import { invalid, notFound, type CallError, type Calls } from './call.ts';
import { nanosecondsOf, spanMessage, type QueryMessage, type Seconds } from './messages.ts';

interface ByTraceId {
  readonly traceId: Uint8Array;
  readonly rawTraces?: boolean;
}

interface Find {
  readonly query: (QueryMessage & { readonly tags: Readonly<Record<string, string>> }) | null;
}

interface Window {
  readonly startTime: Seconds;
  readonly endTime: Seconds;
}

const path = (method: string): string => `/jaeger.api_v2.QueryService/${method}`;

export function queryV2(calls: Calls, options: JaegerOptions): UntypedServiceImplementation {
  const { stream, readTraces, archive, clock, config } = options;
  return {
    GetTrace: calls.streaming<ByTraceId>(path('GetTrace'), async ({ traceId, rawTraces }, { store, signal }) => {
      const id = traceIdOf(traceId);
      if (!id.ok) return id;
      const trace = (await readTraces([id.value], traceStoreOf(store, stream.id), signal)).get(id.value);
      return trace === undefined ? notFound() : ok(spanChunks([trace.spans], rawTraces === true));
    }),

    ArchiveTrace: calls.unary<ByTraceId>(path('ArchiveTrace'), async ({ traceId }, { store, signal }) => {
      const id = traceIdOf(traceId);
      if (!id.ok) return id;
      const kept = await archive(id.value, traceStoreOf(store, stream.id), signal);
      if (kept === 'open') return invalid('the trace is still open: keep it once it is stored, in a few seconds');
      return kept === 'kept' ? ok({}) : notFound();
    }),

    FindTraces: calls.streaming<Find>(path('FindTraces'), async ({ query }, { store }) => {
      if (query === null) return invalid('missing query');
      if (query.searchDepth <= 0 || query.searchDepth > config.maxSearchTraces) return invalid(wrongDepth);
      const traces = await search(store, {
        service: query.serviceName,
        operation: query.operationName,
        tags: Object.entries(query.tags),
        minDurationNs: Number(nanosecondsOf(query.durationMin) ?? 0),
        maxDurationNs: Number(nanosecondsOf(query.durationMax) ?? 0),
        startNs: nanosecondsOf(query.startTimeMin) ?? 0n,
        endNs: nanosecondsOf(query.startTimeMax) ?? BigInt(clock.now()) * 1_000_000n,
        limit: query.searchDepth,
      });
      return ok(spanChunks(traces, query.rawTraces));
    }),

    GetServices: calls.unary<object>(path('GetServices'), async (_request, { store }) =>
      ok({ services: await serviceNames(store) }),
    ),

    GetOperations: calls.unary<{ service: string; spanKind: string }>(
      path('GetOperations'),
      async ({ service, spanKind }, { store }) => {
        const operations = await operationsOf(store, service, spanKind);
        return ok({ operations, operationNames: uniqueNames(operations) });
      },
    ),

    GetDependencies: calls.unary<Window>(path('GetDependencies'), async ({ startTime, endTime }, { store }) => {
      const startNs = nanosecondsOf(startTime);
      const endNs = nanosecondsOf(endTime);
      if (startNs === null || endNs === null) return invalid('StartTime and EndTime must be initialized.');
      return ok({ dependencies: await dependencies(store, msOf(endNs), msOf(endNs - startNs)) });
    }),
  };
}

export function msOf(ns: bigint): number {
  return Number(ns / 1_000_000n);
}

function traceIdOf(bytes: Uint8Array): Result<TraceId, CallError> {
  if (bytes.every((byte) => byte === 0)) return invalid('uninitialized TraceID is not allowed');
  if (bytes.length !== 16 && bytes.length !== 8) return invalid('invalid length for TraceID');
  return ok(Buffer.from(bytes).toString('hex').padStart(32, '0'));
}

const spansOfChunk = 10;

function* spanChunks(traces: readonly (readonly Span[])[], raw: boolean): Iterable<object> {
  for (const trace of traces) {
    const spans = modelSpans(shownSpans(trace, raw));
    for (let at = 0; at < spans.length; at += spansOfChunk) {
      yield { spans: spans.slice(at, at + spansOfChunk).map(spanMessage) };
    }
  }
}
