import type { Span, TraceId } from '@spanloom/span';
import { decodeSpans } from '@spanloom/wire';
import type { QueryParameter, ReadClient, ReadOptions } from '../client/read_client.ts';
import { StoreError } from '../errors.ts';
import { RowReader } from '../native/row_reader.ts';
import { spanMessage } from '../span_bytes/put_together.ts';
import { tracesData } from '../span_bytes/traces_data.ts';
import type { SpanRun } from '../span_bytes/traces_data.ts';

/** Spans of one trace that were appended on these days (Unix days, inclusive). */
export interface StoredSpansQuery {
  readonly traceId: TraceId;
  readonly fromDay: number;
  readonly toDay: number;
}

const ofTrace = `marker = '' AND day >= toDate({fromDay:UInt16}) AND day <= toDate({toDay:UInt16})
         AND trace_id = unhex({traceId:String})`;

/** The spans in `traces` order; of duplicates (same id and kind) the first. */
export async function storedSpans(client: ReadClient, query: StoredSpansQuery, options?: ReadOptions): Promise<Span[]> {
  const parameters = { ...query };
  const origins = await originsOf(client, parameters, options);
  const reader = new RowReader(
    await client.bytes(
      `SELECT trace_id, span_id, parent_span_id, name, kind, status, start_ns, duration_ns,
         attributes, attribute_types, rest, resource_id
       FROM spans_data
       WHERE ${ofTrace}
       ORDER BY stream, partition, position, ordinal
       LIMIT 1 BY span_id, kind`,
      'RowBinary',
      parameters,
      options,
    ),
  );
  const runs: SpanRun[] = [];
  let runOrigin = '';
  while (reader.more) {
    const message = spanMessage({
      traceId: reader.fixed(16),
      spanId: reader.fixed(8),
      parentSpanId: reader.fixed(8),
      name: reader.blob(),
      kind: reader.uint8(),
      status: reader.uint8(),
      startNs: reader.uint64(),
      durationNs: reader.uint64(),
      attributes: Array.from({ length: reader.varint() * 2 }, () => reader.blob()),
      types: reader.blob(),
      rest: reader.blob(),
    });
    const originId = reader.fixed(16).toString('hex');
    if (originId !== runOrigin) {
      runOrigin = originId;
      runs.push({ origin: origins.get(originId) ?? unknownOrigin, spans: [] });
    }
    runs.at(-1)?.spans.push(message);
  }
  const spans = decodeSpans(tracesData(runs));
  // Only what the gateway could read got as far as this.
  if (!spans.ok) throw new StoreError(`the spans of trace ${query.traceId}: ${spans.error.message}`, 'broken');
  return spans.value;
}

/** Resources and scopes of the trace by id. */
async function originsOf(
  client: ReadClient,
  parameters: Record<string, QueryParameter>,
  options?: ReadOptions,
): Promise<Map<string, SpanRun['origin']>> {
  const reader = new RowReader(
    await client.bytes(
      `SELECT id, resource, resource_schema_url, scope, scope_schema_url
       FROM resources_data
       WHERE marker = '' AND day >= toDate({fromDay:UInt16}) AND day <= toDate({toDay:UInt16})
         AND id IN (SELECT resource_id FROM spans_data WHERE ${ofTrace})
       LIMIT 1 BY id`,
      'RowBinary',
      parameters,
      options,
    ),
  );
  const origins = new Map<string, SpanRun['origin']>();
  while (reader.more) {
    const id = reader.fixed(16).toString('hex');
    const resource = reader.blob();
    const resourceSchemaUrl = reader.text();
    const scope = reader.blob();
    origins.set(id, { resource, resourceSchemaUrl, scope, scopeSchemaUrl: reader.text() });
  }
  return origins;
}

/** Resources are inserted before spans; this stands in should a person have deleted one. */
const unknownOrigin: SpanRun['origin'] = {
  resource: new Uint8Array(0),
  resourceSchemaUrl: '',
  scope: new Uint8Array(0),
  scopeSchemaUrl: '',
};
