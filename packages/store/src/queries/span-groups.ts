import type { QueryParameter, ReadClient, ReadOptions } from '../client/read-client.ts';
import { traceIdsIn } from '../client/trace-id-list.ts';
import { clampedWindow, resourcesInDays, spansInDays, traces } from './search-sql.ts';
import { traceIdsOf, type TraceConditions } from './trace-page.ts';

/** What spans are grouped by: a column, an attribute, or nothing. */
export type GroupBy =
  | { readonly type: 'all' }
  /** `sql` is an expression over the columns of a span. */
  | { readonly type: 'column'; readonly sql: string }
  | { readonly type: 'attribute'; readonly scope: 'span' | 'resource' | 'any'; readonly key: string };

export interface SpanGroupsQuery extends TraceConditions {
  /** A condition on a span. */
  readonly spans: string;
  readonly by: GroupBy;
  /** Each between 0 and 1. */
  readonly quantiles: readonly number[];
  readonly limit: number;
}

export interface SpanGroup {
  /** Null where the span has no such attribute. */
  readonly value: string | null;
  /** Weighted by sampling. */
  readonly spans: number;
  /** Spans that were really seen. */
  readonly sampledSpans: number;
  readonly errors: number;
  readonly traces: number;
  /** In the order asked for, within 1 %. */
  readonly quantilesNs: readonly number[];
  readonly maxNs: number;
}

export interface SpanGroups {
  /** The largest first. */
  readonly groups: readonly SpanGroup[];
  /** How many there are in all. */
  readonly total: number;
}

interface Row {
  has_value: number;
  value: string;
  span_weight: string;
  span_count: string;
  error_weight: string;
  trace_count: string;
  quantile_list: number[];
  longest: string;
  total: string;
}

/** A trace in more pieces than one may hold a span twice; more such traces than this are too many to look through. */
const maxPiecedTraces = 50_000;

/** The spans that a search is about, in the traces that it finds, by what they have in common. */
export async function spanGroups(
  client: ReadClient,
  query: SpanGroupsQuery,
  options?: ReadOptions,
): Promise<SpanGroups> {
  const inPieces = `${query.having} AND t_fragments > 1`;
  const pieced = await traceIdsOf(client, { ...query, having: inPieces, limit: maxPiecedTraces }, options);
  const parameters: Record<string, QueryParameter> = { ...query.parameters, ...clampedWindow(query) };
  const { value, hasValue } = groupOf(query.by, parameters);
  const found = `trace_id IN (SELECT trace_id FROM (${traces(query.where, query.having)}))`;
  const columns = 'trace_id, weight, status, duration_ns';
  const selected = `SELECT ${columns}, ${value} AS value, (${hasValue}) AS has_value FROM`;
  const once = `${selected} spans_data WHERE ${spansInDays} AND ${query.spans} AND ${found} AND NOT (${traceIdsIn(pieced)})`;
  const deduplicated = `${selected} (
       SELECT * FROM spans_data WHERE ${spansInDays} AND ${traceIdsIn(pieced)}
       ORDER BY trace_id, stream, partition, position, ordinal
       LIMIT 1 BY trace_id, span_id, kind
     ) WHERE ${query.spans}`;
  const rows = await client.rows<Row>(
    `SELECT value, has_value, sum(weight) AS span_weight, count() AS span_count,
       sumIf(weight, status = 2) AS error_weight, uniqExact(trace_id) AS trace_count,
       ${quantilesSql(query.quantiles)} AS quantile_list, max(duration_ns) AS longest, count() OVER () AS total
     FROM (${pieced.length === 0 ? once : `${once} UNION ALL ${deduplicated}`})
     GROUP BY value, has_value
     ORDER BY span_weight DESC, has_value DESC, value
     LIMIT {limit:UInt32}`,
    { ...parameters, limit: query.limit },
    options,
  );
  return { groups: rows.map(groupRow), total: Number(rows[0]?.total ?? 0) };
}

/** Numbers checked to be such are part of the text: a parametric function takes no placeholder. */
function quantilesSql(quantiles: readonly number[]): string {
  if (quantiles.length === 0) return '[]';
  return `quantilesDD(0.01, ${quantiles.map((q) => q.toFixed(9)).join(', ')})(duration_ns)`;
}

function groupOf(by: GroupBy, parameters: Record<string, QueryParameter>): { value: string; hasValue: string } {
  if (by.type === 'all') return { value: "''", hasValue: '0' };
  if (by.type === 'column') return { value: `toString(${by.sql})`, hasValue: '1' };
  parameters['groupKey'] = by.key;
  const inSpan = 'has(mapKeys(attributes), {groupKey:String})';
  const ofSpan = 'attributes[{groupKey:String}]';
  const inResource = `resource_id IN (${resourcesWith('id')})`;
  const ofResource = `transform(resource_id, (${resourcesWith('groupArray(id)')}), (${resourcesWith('groupArray(value)')}), '')`;
  switch (by.scope) {
    case 'span':
      return { value: ofSpan, hasValue: inSpan };
    case 'resource':
      return { value: ofResource, hasValue: inResource };
    case 'any':
      return { value: `if(${inSpan}, ${ofSpan}, ${ofResource})`, hasValue: `${inSpan} OR ${inResource}` };
  }
}

function resourcesWith(selected: string): string {
  return `SELECT ${selected} FROM (SELECT id, attributes[{groupKey:String}] AS value FROM resources_data
       WHERE ${resourcesInDays} AND has(mapKeys(attributes), {groupKey:String}) ORDER BY id LIMIT 1 BY id)`;
}

function groupRow(row: Row): SpanGroup {
  return {
    value: row.has_value === 1 ? row.value : null,
    spans: Number(row.span_weight),
    sampledSpans: Number(row.span_count),
    errors: Number(row.error_weight),
    traces: Number(row.trace_count),
    quantilesNs: row.quantile_list,
    maxNs: Number(row.longest),
  };
}
