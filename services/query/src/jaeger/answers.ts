/** The data of each legacy answer, out of the store. */
import { edges, findTraces, operations, services, tracesByIds, type ReadClient } from '@spanloom/store';
import { kindName, toJaegerTrace, type JaegerTrace } from './trace.ts';
import type { SearchParams } from './params.ts';

/** Names, each once: Jaeger knows no environments and no namespaces. */
export async function serviceNames(store: ReadClient): Promise<string[]> {
  return [...new Set((await services(store)).map((service) => service.name))];
}

export async function operationNames(store: ReadClient, service: string): Promise<string[]> {
  return [...new Set((await operations(store, service)).map((operation) => operation.name))];
}

/** `kind` as Jaeger spells it; empty for any. */
export async function operationsOfKind(
  store: ReadClient,
  service: string,
  kind: string,
): Promise<{ name: string; spanKind: string }[]> {
  const all = await operations(store, service);
  return all
    .map((operation) => ({ name: operation.name, spanKind: kindName(operation.kind) }))
    .filter((operation) => kind === '' || operation.spanKind === kind);
}

/** Stored traces in which one span meets all that was asked, newest first. */
export async function search(store: ReadClient, params: SearchParams, raw: boolean): Promise<JaegerTrace[]> {
  const ids = await findTraces(store, {
    service: params.service,
    ...(params.operation === null ? {} : { operation: params.operation }),
    tags: Object.fromEntries(params.tags),
    ...(params.minDurationNs === null ? {} : { minDurationNs: params.minDurationNs }),
    ...(params.maxDurationNs === null ? {} : { maxDurationNs: params.maxDurationNs }),
    startNs: BigInt(params.startUs) * 1000n,
    // All nanoseconds of the last microsecond.
    endNs: BigInt(params.endUs) * 1000n + 999n,
    limit: params.limit,
  });
  const traces = [...(await tracesByIds(store, ids)).values()];
  return traces.filter(({ spans }) => spans.length > 0).map(({ spans }) => toJaegerTrace(spans, raw));
}

export interface Dependency {
  readonly parent: string;
  readonly child: string;
  readonly callCount: number;
}

/** Calls between services by bare name, of whole minutes within the window. */
export async function dependencies(store: ReadClient, endMs: number, lookbackMs: number): Promise<Dependency[]> {
  const rows = await edges(store, {
    fromMinute: Math.max(0, Math.floor((endMs - lookbackMs) / 60_000)),
    toMinute: Math.max(0, Math.ceil(endMs / 60_000)),
    byOperation: false,
  });
  const byPair = new Map<string, Dependency>();
  for (const { client, server, kind, calls, unpaired } of rows) {
    // Only pairs of spans: peers that send no spans are no services to Jaeger.
    const callCount = calls - unpaired;
    if (client === null || (kind !== 'rpc' && kind !== 'messaging') || callCount <= 0) continue;
    const key = JSON.stringify([client.name, server.name]);
    const before = byPair.get(key)?.callCount ?? 0;
    byPair.set(key, { parent: client.name, child: server.name, callCount: before + callCount });
  }
  return [...byPair.values()];
}
