import type { Service, SpanId, SpanKind, TraceId } from '@spanloom/span';
import type { ReadClient, ReadOptions } from '../client/read-client.ts';
import { traceIdsIn } from '../client/trace-id-list.ts';

/** Spans of a trace that have the same service, kind and name, and are counted under the same operation. */
export interface TraceOperation {
  readonly service: Service;
  readonly operation: string;
  readonly kind: SpanKind;
  /** As it was sent. */
  readonly name: string;
  readonly spanIds: readonly SpanId[];
}

/** What the stored spans of a trace are counted under; those with the most spans first. */
export async function traceOperations(
  client: ReadClient,
  traceId: TraceId,
  options?: ReadOptions,
): Promise<TraceOperation[]> {
  const ofTrace = traceIdsIn([traceId]);
  const columns = 'environment, namespace, service, operation, kind, name';
  const rows = await client.rows<{
    environment: string;
    namespace: string;
    service: string;
    operation: string;
    kind: SpanKind;
    name: string;
    span_ids: SpanId[];
  }>(
    `SELECT ${columns}, groupUniqArray(lower(hex(span_id))) AS span_ids
     FROM (
       SELECT ${columns}, span_id FROM spans_data WHERE marker = '' AND ${ofTrace}
       UNION ALL
       SELECT ${columns}, span_id FROM kept_spans WHERE ${ofTrace}
     )
     GROUP BY ${columns}
     ORDER BY length(span_ids) DESC, ${columns}`,
    {},
    options,
  );
  return rows.map((row) => ({
    service: { environment: row.environment, namespace: row.namespace, name: row.service },
    operation: row.operation,
    kind: row.kind,
    name: row.name,
    spanIds: row.span_ids,
  }));
}
