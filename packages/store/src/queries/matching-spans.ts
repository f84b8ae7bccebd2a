import type { Service, SpanId, SpanKind, StatusCode, TraceId } from '@spanloom/span';
import type { ReadClient, ReadOptions } from '../client/read-client.ts';
import { clampedWindow, spansInDays, traces } from './search-sql.ts';
import type { TraceConditions } from './trace-page.ts';

export interface MatchingSpansQuery extends TraceConditions {
  /** A condition on a span. */
  readonly spans: string;
  /** `start`: the latest first; `duration`: the slowest. */
  readonly sort: 'start' | 'duration';
  readonly limit: number;
}

export interface MatchingSpan {
  readonly traceId: TraceId;
  readonly spanId: SpanId;
  readonly service: Service;
  readonly operation: string;
  readonly kind: SpanKind;
  readonly status: StatusCode;
  readonly startNs: bigint;
  readonly durationNs: number;
}

interface Row {
  trace: TraceId;
  span: SpanId;
  environment: string;
  namespace: string;
  service: string;
  operation: string;
  kind: SpanKind;
  status: StatusCode;
  start: string;
  duration: string;
}

/** The spans that a search is about, in the traces that it finds, each once. */
export async function matchingSpans(
  client: ReadClient,
  query: MatchingSpansQuery,
  options?: ReadOptions,
): Promise<MatchingSpan[]> {
  const order = query.sort === 'start' ? 'start_ns DESC' : 'duration_ns DESC, start_ns DESC';
  const rows = await client.rows<Row>(
    `SELECT lower(hex(trace_id)) AS trace, lower(hex(span_id)) AS span, environment, namespace, service, operation,
       kind, status, start_ns AS start, duration_ns AS duration
     FROM spans_data
     WHERE ${spansInDays} AND ${query.spans}
       AND trace_id IN (SELECT trace_id FROM (${traces(query.where, query.having)}))
     ORDER BY ${order}, trace_id, span_id
     LIMIT 1 BY trace_id, span_id, kind
     LIMIT {limit:UInt32}`,
    { ...query.parameters, ...clampedWindow(query), limit: query.limit },
    options,
  );
  return rows.map((row) => ({
    traceId: row.trace,
    spanId: row.span,
    service: { environment: row.environment, namespace: row.namespace, name: row.service },
    operation: row.operation,
    kind: row.kind,
    status: row.status,
    startNs: BigInt(row.start),
    durationNs: Number(row.duration),
  }));
}
