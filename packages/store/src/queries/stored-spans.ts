import type { Span, TraceId } from '@spanloom/span';
import { decodeSpans } from '@spanloom/wire';
import type { ReadClient, ReadOptions } from '../client/read-client.ts';
import { traceIdsIn } from '../client/trace-id-list.ts';
import { StoreError } from '../errors.ts';
import { RowReader } from '../native/row-reader.ts';
import { spanMessage } from '../span-bytes/put-together.ts';
import { tracesData } from '../span-bytes/traces-data.ts';
import type { SpanRun } from '../span-bytes/traces-data.ts';
import { type KnownOrigins, type StoredOrigin, originsOf } from './origins.ts';

/** Spans of these traces. */
export interface StoredSpansQuery {
  readonly traceIds: readonly TraceId[];
  /** On which days they were appended (Unix days, inclusive); null where that is not known. */
  readonly days: { readonly from: number; readonly to: number } | null;
  /** Some were kept: looks there, too. */
  readonly kept: boolean;
  readonly origins: KnownOrigins;
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
  const ofTraces = traceIdsIn(query.traceIds);
  const { days, kept } = query;
  const ofDays = days === null ? '' : 'AND day >= toDate({fromDay:UInt16}) AND day <= toDate({toDay:UInt16})';
  const live = `spans_data WHERE marker = '' ${ofDays} AND ${ofTraces}`;
  const withKept = `(
         SELECT ${columns}, stream, partition, position, ordinal FROM ${live}
         UNION ALL
         SELECT ${columns}, stream, partition, position, ordinal FROM kept_spans WHERE ${ofTraces}
       )`;
  const reader = new RowReader(
    await client.bytes(
      `SELECT ${columns}, ${fragmentHash}
       FROM ${kept ? withKept : live}
       ORDER BY trace_id, stream, partition, position, ordinal
       LIMIT 1 BY trace_id, span_id, kind`,
      'RowBinary',
      days === null ? {} : { fromDay: days.from, toDay: days.to },
      options,
    ),
  );
  const runsOf = new Map<TraceId, TraceRuns>();
  while (reader.more) addRow(reader, runsOf);
  // After the spans: what they refer to was stored before them.
  const ids = new Set([...runsOf.values()].flatMap(({ runs }) => runs.map(({ originId }) => originId)));
  const origins = await originsOf(client, { ids, kept, known: query.origins }, options);
  return new Map(
    [...runsOf].map(([traceId, { runs, fragmentHashes }]) => [
      traceId,
      {
        spans: decoded(
          traceId,
          runs.map(({ originId, spans }) => ({ origin: origins.get(originId) ?? unknownOrigin, spans })),
        ),
        fragmentHashes,
      },
    ]),
  );
}

/** What a span is put together from, in the order that `addRow` reads. */
const columns = `trace_id, span_id, parent_span_id, name, kind, status, start_ns, duration_ns,
         attributes, attribute_types, rest, resource_id`;

/** Spans on end that have resource and scope in common. */
interface Run {
  readonly originId: string;
  readonly spans: Uint8Array[];
}

/** The spans of a trace as far as they were read. */
interface TraceRuns {
  readonly runs: Run[];
  readonly fragmentHashes: bigint[];
}

function addRow(reader: RowReader, runsOf: Map<TraceId, TraceRuns>): void {
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
    trace = { runs: [], fragmentHashes: [] };
    runsOf.set(traceId, trace);
  }
  let run = trace.runs.at(-1);
  if (run?.originId !== originId) {
    run = { originId, spans: [] };
    trace.runs.push(run);
  }
  run.spans.push(message);
  trace.fragmentHashes.push(reader.uint64());
}

function decoded(traceId: TraceId, runs: readonly SpanRun[]): Span[] {
  const spans = decodeSpans(tracesData(runs));
  // Only what the gateway could read got as far as this.
  if (!spans.ok) throw new StoreError(`the spans of trace ${traceId}: ${spans.error.message}`, 'broken');
  return spans.value;
}

/** Resources are inserted before spans; this stands in should a person have deleted one. */
const unknownOrigin: StoredOrigin = {
  resource: new Uint8Array(0),
  resourceSchemaUrl: '',
  scope: new Uint8Array(0),
  scopeSchemaUrl: '',
};
