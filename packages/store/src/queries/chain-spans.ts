import type { TraceId } from '@spanloom/span';
import type { QueryParameter, ReadClient, ReadOptions } from '../client/read-client.ts';
import { clampedWindow, indexedDays, spansInDays, type SearchWindow } from './search-sql.ts';

export interface ChainSpansQuery extends SearchWindow {
  /** Conditions on `trace_id`. */
  readonly where: readonly string[];
  /** Up to eight conditions on a span. */
  readonly filters: readonly string[];
  readonly parameters: Readonly<Record<string, QueryParameter>>;
}

/** Who is whose parent in a trace, span by span in `traces` order; ids as 8 characters of one byte. */
export interface TraceLineage {
  readonly traceId: TraceId;
  readonly spanIds: readonly string[];
  /** All bytes zero for a root. */
  readonly parentIds: readonly string[];
  /** Bit i: the span meets `filters[i]`. */
  readonly met: readonly number[];
}

const rowBytes = 16 + 8 + 8 + 1;

/** All spans of the traces that may hold a chain, without duplicates. */
export async function chainSpans(
  client: ReadClient,
  query: ChainSpansQuery,
  options?: ReadOptions,
): Promise<TraceLineage[]> {
  const met = query.filters.map((filter, at) => `bitShiftLeft(toUInt8(${filter}), ${at})`).join(' + ');
  const where = [spansInDays, beganInWindow, ...query.where].join(' AND ');
  const bytes = await client.bytes(
    `SELECT trace_id, span_id, parent_span_id, toUInt8(${met}) AS met
     FROM spans_data
     WHERE ${where}
     ORDER BY trace_id, stream, partition, position, ordinal
     LIMIT 1 BY trace_id, span_id, kind`,
    'RowBinary',
    { ...query.parameters, ...clampedWindow(query) },
    options,
  );
  return lineagesOf(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
}

/** Narrows down; whether the trace began in the window is asked of what is found. */
const beganInWindow = `trace_id IN (SELECT trace_id FROM fragments_data WHERE ${indexedDays}
       AND start_ns >= {startNs:UInt64} AND start_ns < {endNs:UInt64})`;

function lineagesOf(rows: Buffer): TraceLineage[] {
  const lineages: { traceId: TraceId; spanIds: string[]; parentIds: string[]; met: number[] }[] = [];
  let last: (typeof lineages)[number] | undefined;
  let lastId: Buffer = Buffer.alloc(0);
  for (let at = 0; at + rowBytes <= rows.length; at += rowBytes) {
    const traceId = rows.subarray(at, at + 16);
    if (last === undefined || !traceId.equals(lastId)) {
      lastId = traceId;
      last = { traceId: traceId.toString('hex'), spanIds: [], parentIds: [], met: [] };
      lineages.push(last);
    }
    last.spanIds.push(rows.toString('latin1', at + 16, at + 24));
    last.parentIds.push(rows.toString('latin1', at + 24, at + 32));
    last.met.push(rows[at + 32] ?? 0);
  }
  return lineages;
}
