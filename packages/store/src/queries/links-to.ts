import type { SpanId, TraceId } from '@spanloom/span';
import type { ReadClient, ReadOptions } from '../client/read-client.ts';
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
  // Of nearly every part the index says that there is none: by default it is asked after the part was opened, at half
  // again the cost. Rows of markers link to nothing.
  const rows = await client.rows<{
    trace: TraceId;
    span: SpanId;
    service: string;
    operation: string;
    start_ns: string;
    rest: string;
  }>(
    `SELECT lower(hex(trace_id)) AS trace, lower(hex(span_id)) AS span, service, operation, start_ns, hex(rest) AS rest
     FROM spans_data
     WHERE has(linked_traces, toFixedString(unhex({traceId:String}), 16))
       AND trace_id != toFixedString(unhex({traceId:String}), 16)
     ORDER BY start_ns, trace_id, span_id
     LIMIT 1 BY trace_id, span_id, kind
     LIMIT {limit:UInt32}
     SETTINGS use_skip_indexes_on_data_read = 0`,
    { traceId, limit },
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
