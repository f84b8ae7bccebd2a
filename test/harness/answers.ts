import type { EdgeCounts } from '../load/ledger.ts';
import { edgeKey } from '../load/ledger.ts';

import type { Pipeline } from './pipeline.ts';

/** `GET /api/v1/edges`, as far as tests look at it. */
export interface EdgesAnswer {
  readonly from: string;
  readonly to: string;
  readonly completeTo: string | null;
  readonly behind: readonly unknown[];
  readonly edges: readonly EdgeAnswer[];
}

export interface EdgeAnswer {
  readonly client: { readonly environment: string; readonly namespace: string; readonly name: string } | null;
  readonly server: { readonly environment: string; readonly namespace: string; readonly name: string };
  readonly kind: string;
  readonly operation?: string;
  readonly calls: number;
  readonly sampledCalls: number;
  readonly clientErrors: number;
  readonly serverErrors: number;
  readonly unpaired: number;
  readonly clientDurationMs: Readonly<Record<string, number>> | null;
  readonly serverDurationMs: Readonly<Record<string, number>> | null;
}

export async function edges(pipeline: Pipeline, query = ''): Promise<EdgesAnswer> {
  return (await pipeline.json(`/api/v1/edges?from=now-2h&limit=10000${query}`)) as EdgesAnswer;
}

/** Calls and errors by edge, for comparing with a ledger's. */
export function countsOf(answer: EdgesAnswer): Record<string, EdgeCounts> {
  return Object.fromEntries(
    answer.edges.map((edge) => {
      const client = edge.client?.name ?? null;
      const { calls, clientErrors, serverErrors } = edge;
      return [edgeKey({ client, server: edge.server.name, kind: edge.kind }), { calls, clientErrors, serverErrors }];
    }),
  );
}

/** Jaeger's form of a trace, as far as tests look at it. */
export interface JaegerTrace {
  readonly traceID: string;
  readonly spans: readonly JaegerSpan[];
  readonly processes: Readonly<Record<string, { readonly serviceName: string }>>;
}

export interface JaegerSpan {
  readonly spanID: string;
  readonly operationName: string;
  readonly processID: string;
  /** Unix microseconds. */
  readonly startTime: number;
  /** Microseconds. */
  readonly duration: number;
  readonly tags: readonly { readonly key: string; readonly value: unknown }[];
}

/** The value of a span's tag, undefined where it has none. */
export function tagOf(span: JaegerSpan, key: string): unknown {
  return span.tags.find((tag) => tag.key === key)?.value;
}

/** The trace, or null while nobody knows it. */
export async function jaegerTrace(pipeline: Pipeline, traceId: string): Promise<JaegerTrace | null> {
  const answer = await fetch(`http://127.0.0.1:${pipeline.ports.query}/api/traces/${traceId}`);
  if (answer.status === 404) {
    await answer.arrayBuffer();
    return null;
  }
  const body = (await answer.json()) as { data: JaegerTrace[] | null };
  return body.data?.[0] ?? null;
}

/** `GET /api/v1/traces/{id}`, as far as tests look at it. */
export interface TraceAnswer {
  readonly state: 'open' | 'stored';
  readonly complete: boolean;
  readonly remoteRoot: boolean;
  readonly roots: number;
  readonly missingParents: readonly string[];
  readonly spanCount: number;
  readonly fragments: readonly {
    readonly reason: string;
    readonly late: boolean;
    readonly spanCount: number;
    readonly timeShifted: boolean;
    readonly truncated: boolean;
  }[];
}

export async function traceAnswer(pipeline: Pipeline, traceId: string): Promise<TraceAnswer> {
  return (await pipeline.json(`/api/v1/traces/${traceId}`)) as TraceAnswer;
}
