/** What every Jaeger API answers, out of the store. */
import type { Span, SpanKind } from '@spanloom/span';
import { findTraces, operations, services, tracesByIds, type ReadClient } from '@spanloom/store';
import { kindName } from './model.ts';

/** Names, each once: Jaeger knows no environments and no namespaces. */
export async function serviceNames(store: ReadClient): Promise<string[]> {
  return [...new Set((await services(store)).map((service) => service.name))];
}

export interface JaegerOperation {
  readonly name: string;
  /** As Jaeger spells it; empty where it is unspecified. */
  readonly spanKind: string;
}

/** `kind` as Jaeger spells it; empty for any. */
export async function operationsOf(store: ReadClient, service: string, kind: string): Promise<JaegerOperation[]> {
  const all = await operations(store, service);
  return all
    .map((operation) => ({ name: operation.name, spanKind: kindName(operation.kind) }))
    .filter((operation) => kind === '' || operation.spanKind === kind);
}

/** Names of operations, each once. */
export function uniqueNames(found: readonly JaegerOperation[]): string[] {
  return [...new Set(found.map((operation) => operation.name))];
}

/** One span must meet all of it; the whole trace is the answer. */
export interface TraceSearch {
  /** Empty: any. */
  readonly service: string;
  /** Empty: any. */
  readonly operation: string;
  /** Key and value as text. */
  readonly tags: readonly (readonly [key: string, value: string])[];
  /** Of the span, both inclusive; 0: no bound. */
  readonly minDurationNs: number;
  readonly maxDurationNs: number;
  /** Span starts within, both inclusive, Unix nanoseconds. */
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** Traces, at least 1. */
  readonly limit: number;
}

/** The spans of each stored trace in which one span meets all that was asked, newest first. */
export async function search(store: ReadClient, params: TraceSearch): Promise<(readonly Span[])[]> {
  const ids = await findTraces(store, {
    ...(params.service === '' ? {} : { service: params.service }),
    ...(params.operation === '' ? {} : { operation: params.operation }),
    tags: Object.fromEntries(params.tags),
    ...(params.minDurationNs === 0 ? {} : { minDurationNs: atLeast0(params.minDurationNs) }),
    ...(params.maxDurationNs === 0 ? {} : { maxDurationNs: atLeast0(params.maxDurationNs) }),
    startNs: params.startNs,
    endNs: params.endNs,
    limit: params.limit,
  });
  const traces = [...(await tracesByIds(store, ids)).values()];
  return traces.map(({ spans }) => spans).filter((spans) => spans.length > 0);
}

/** Of metrics: `unspecified` is a kind there. */
export function parseKind(text: string): SpanKind | null {
  const kind = kinds.indexOf(text);
  return kind < 0 ? null : (kind as SpanKind);
}

/** In the order of OTLP's `SpanKind`. */
const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];

/** No span lasts less than that. */
function atLeast0(ns: number): number {
  return Math.max(0, ns);
}
