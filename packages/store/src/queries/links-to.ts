import type { SpanId, TraceId } from '@spanloom/span';
import type { ReadClient, ReadOptions } from '../client/read-client.ts';
import { traceIdsIn } from '../client/trace-id-list.ts';
import { linksOf } from '../span-bytes/links.ts';

/** A span of another trace that links to a span of this one. */
export interface LinkFrom {
  readonly traceId: TraceId;
  readonly spanId: SpanId;
  readonly service: string;
  readonly operation: string;
  readonly startNs: bigint;
  /** The span that it links to. */
  readonly toSpanId: SpanId;
}

/** Spans of other traces that link to this one, in the order in which they began; of at most `limit` spans. */
export async function linksTo(
  client: ReadClient,
  traceId: TraceId,
  limit: number,
  options?: ReadOptions,
): Promise<LinkFrom[]> {
  const rows = await client.rows<{
    trace: TraceId;
    span: SpanId;
    service: string;
    operation: string;
    start_ns: string;
    rest: string;
  }>(
    `SELECT lower(hex(trace_id)) AS trace, lower(hex(span_id)) AS span, service, operation, start_ns, hex(rest) AS rest
     FROM ${linking(traceId)}
     ORDER BY start_ns, trace_id, span_id
     LIMIT 1 BY trace_id, span_id, kind
     LIMIT {limit:UInt32}
     ${indexFirst}`,
    { limit },
    { ...options, maxThreads: 1 },
  );
  return rows.flatMap((row) => {
    const links = linksOf(Buffer.from(row.rest, 'hex')).filter((link) => link.traceId === traceId);
    return [...new Set(links.map((link) => link.spanId))].map((toSpanId) => ({
      traceId: row.trace,
      spanId: row.span,
      service: row.service,
      operation: row.operation,
      startNs: BigInt(row.start_ns),
      toSpanId,
    }));
  });
}

/** A query: one row where a span of another trace links to this one, or none, which takes half as long. With the settings {@link indexFirst}. */
export function anyLink(traceId: TraceId): string {
  return `SELECT 1 FROM ${linking(traceId)} LIMIT 1`;
}

/** Spans of other traces that link to this one. Rows of markers link to nothing. */
function linking(traceId: TraceId): string {
  return `spans_data
     WHERE has(linked_traces, toFixedString(unhex('${traceId}'), 16)) AND NOT (${traceIdsIn([traceId])})`;
}

/**
 * Of nearly every part the index says that there is no such link: by default it is asked after the part was opened,
 * at half again the cost.
 */
export const indexFirst = 'SETTINGS use_skip_indexes_on_data_read = 0';
