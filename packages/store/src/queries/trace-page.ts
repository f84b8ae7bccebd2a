import type { TraceId } from '@spanloom/span';
import type { QueryParameter, ReadClient, ReadOptions } from '../client/read-client.ts';
import { clampedWindow, traces, type SearchWindow } from './search-sql.ts';

/** A search as conditions; see search-sql.ts for the columns that they are over. */
export interface TraceConditions extends SearchWindow {
  /** On `trace_id`. */
  readonly where: readonly string[];
  /** On the columns of a trace. */
  readonly having: string;
  readonly parameters: Readonly<Record<string, QueryParameter>>;
}

export type TraceSort = 'start' | 'duration' | 'spans' | 'errors';

/** Where a trace stands in the order: largest first, then latest start, then trace id. */
export interface TracePlace {
  readonly traceId: TraceId;
  readonly key: bigint;
  readonly startNs: bigint;
}

export interface TracePageQuery extends TraceConditions {
  readonly sort: TraceSort;
  /** The page begins behind this one. */
  readonly after?: TracePlace;
  readonly limit: number;
}

export interface TracePage {
  readonly places: readonly TracePlace[];
  /** How many traces there are from the first of this page on. */
  readonly total: number;
}

const keys: Readonly<Record<TraceSort, string>> = {
  start: 't_start_ns',
  duration: 't_duration_ns',
  spans: 't_spans',
  errors: 't_errors',
};

/** One page of the traces that a search finds, sorted over the whole window. */
export async function tracePage(client: ReadClient, query: TracePageQuery, options?: ReadOptions): Promise<TracePage> {
  const key = keys[query.sort];
  const rows = await client.rows<{ id: TraceId; key: string; start: string; total: string }>(
    `SELECT lower(hex(trace_id)) AS id, toUInt64(${key}) AS key, t_start_ns AS start, count() OVER () AS total
     FROM (${traces(query.where, query.having, key)})
     ${query.after === undefined ? '' : `WHERE ${behind(key)}`}
     ORDER BY key DESC, start DESC, trace_id
     LIMIT {limit:UInt32}`,
    {
      ...query.parameters,
      ...clampedWindow(query),
      limit: query.limit,
      ...(query.after === undefined
        ? {}
        : { afterKey: query.after.key, afterStart: query.after.startNs, afterId: query.after.traceId }),
    },
    options,
  );
  return {
    places: rows.map((row) => ({ traceId: row.id, key: BigInt(row.key), startNs: BigInt(row.start) })),
    total: Number(rows[0]?.total ?? 0),
  };
}

function behind(key: string): string {
  return `(${key} < {afterKey:UInt64} OR (${key} = {afterKey:UInt64} AND (t_start_ns < {afterStart:UInt64}
       OR (t_start_ns = {afterStart:UInt64} AND trace_id > toFixedString(unhex({afterId:String}), 16)))))`;
}

/** Ids of all traces that a search finds; beyond `limit` there are one more than that. */
export async function traceIdsOf(
  client: ReadClient,
  query: TraceConditions & { readonly limit: number },
  options?: ReadOptions,
): Promise<TraceId[]> {
  const rows = await client.rows<{ id: TraceId }>(
    `SELECT lower(hex(trace_id)) AS id FROM (${traces(query.where, query.having)}) LIMIT {limit:UInt32}`,
    { ...query.parameters, ...clampedWindow(query), limit: query.limit + 1 },
    options,
  );
  return rows.map((row) => row.id);
}
