import type { Span, TraceId } from '@spanloom/span';
import { decodeSpans } from '@spanloom/wire';
import type { QueryParameter, ReadClient, ReadOptions } from '../client/read-client.ts';
import { traceIdList } from '../client/trace-id-list.ts';
import { StoreError } from '../errors.ts';
import { RowReader } from '../native/row-reader.ts';
import { spanMessage } from '../span-bytes/put-together.ts';
import { tracesData } from '../span-bytes/traces-data.ts';
import type { SpanRun } from '../span-bytes/traces-data.ts';

/** Spans of these traces that were appended on these days (Unix days, inclusive). */
export interface StoredSpansQuery {
  readonly traceIds: readonly TraceId[];
  readonly fromDay: number;
  readonly toDay: number;
  /** Some were kept: looks there, too. */
  readonly kept?: boolean;
}

/** A fragment as a number, in a row of `spans_data` as in one of `fragments_data`. */
export const fragmentHash = 'cityHash64(stream, partition, position)';

/** The spans of a trace, and for each of them the {@link fragmentHash} of what it came with. */
export interface SpansOfTrace {
  readonly spans: readonly Span[];
  readonly fragmentHashes: readonly bigint[];
}

/**
 * The spans of each trace in `traces` order; of duplicates (same id and kind) the first. At most
 * `maxIdsPerQuery` traces.
 */
export async function storedSpans(
  client: ReadClient,
  query: StoredSpansQuery,
  options?: ReadOptions,
): Promise<Map<TraceId, SpansOfTrace>> {
  const ofTraces = `trace_id IN (${traceIdList(query.traceIds)})`;
  const parameters = { fromDay: query.fromDay, toDay: query.toDay };
  const live = `spans_data WHERE ${ofDays} AND ${ofTraces}`;
  const withKept = `(
         SELECT ${columns}, stream, partition, position, ordinal FROM ${live}
         UNION ALL
         SELECT ${columns}, stream, partition, position, ordinal FROM kept_spans WHERE ${ofTraces}
       )`;
  const origins = await originsOf(client, query, parameters, options);
  const reader = new RowReader(
    await client.bytes(
      `SELECT ${columns}, ${fragmentHash}
       FROM ${query.kept === true ? withKept : live}
       ORDER BY trace_id, stream, partition, position, ordinal
       LIMIT 1 BY trace_id, span_id, kind`,
      'RowBinary',
      parameters,
      options,
    ),
  );
  const runsOf = new Map<TraceId, TraceRuns>();
  while (reader.more) addRow(reader, origins, runsOf);
  return new Map(
    [...runsOf].map(([traceId, { runs, fragmentHashes }]) => [
      traceId,
      { spans: decoded(traceId, runs), fragmentHashes },
    ]),
  );
}

/** What a span is put together from, in the order that `addRow` reads. */
const columns = `trace_id, span_id, parent_span_id, name, kind, status, start_ns, duration_ns,
         attributes, attribute_types, rest, resource_id`;

const ofDays = "marker = '' AND day >= toDate({fromDay:UInt16}) AND day <= toDate({toDay:UInt16})";

/** The spans of a trace as far as they were read. */
interface TraceRuns {
  readonly runs: SpanRun[];
  readonly fragmentHashes: bigint[];
  /** Resource and scope of the last of them. */
  originId: string;
}

function addRow(
  reader: RowReader,
  origins: ReadonlyMap<string, SpanRun['origin']>,
  runsOf: Map<TraceId, TraceRuns>,
): void {
  const traceIdBytes = reader.fixed(16);
  const message = spanMessage({
    traceId: traceIdBytes,
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
  const traceId = traceIdBytes.toString('hex');
  let trace = runsOf.get(traceId);
  if (trace === undefined) {
    trace = { runs: [], fragmentHashes: [], originId: '' };
    runsOf.set(traceId, trace);
  }
  if (originId !== trace.originId) {
    trace.originId = originId;
    trace.runs.push({ origin: origins.get(originId) ?? unknownOrigin, spans: [] });
  }
  trace.runs.at(-1)?.spans.push(message);
  trace.fragmentHashes.push(reader.uint64());
}

function decoded(traceId: TraceId, runs: readonly SpanRun[]): Span[] {
  const spans = decodeSpans(tracesData(runs));
  // Only what the gateway could read got as far as this.
  if (!spans.ok) throw new StoreError(`the spans of trace ${traceId}: ${spans.error.message}`, 'broken');
  return spans.value;
}

/** Resources and scopes of the spans by id. */
async function originsOf(
  client: ReadClient,
  { traceIds, kept }: StoredSpansQuery,
  parameters: Record<string, QueryParameter>,
  options?: ReadOptions,
): Promise<Map<string, SpanRun['origin']>> {
  const ofTraces = `trace_id IN (${traceIdList(traceIds)})`;
  const live = `SELECT id, resource, resource_schema_url, scope, scope_schema_url
       FROM resources_data
       WHERE ${ofDays} AND id IN (SELECT resource_id FROM spans_data WHERE ${ofDays} AND ${ofTraces})`;
  // A resource stands there with the day on which it was kept first.
  const ofKept = `SELECT id, resource, resource_schema_url, scope, scope_schema_url
       FROM kept_resources
       WHERE id IN (SELECT resource_id FROM kept_spans WHERE ${ofTraces})`;
  const reader = new RowReader(
    await client.bytes(
      kept === true ? `SELECT * FROM (${live} UNION ALL ${ofKept}) LIMIT 1 BY id` : `${live} LIMIT 1 BY id`,
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
