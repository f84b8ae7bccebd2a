import type { TraceId } from '@spanloom/span';
import type { QueryParameter, ReadClient, ReadOptions } from '../client/read-client.ts';
import { daysOfSearch, tagCondition } from './tag-condition.ts';

export interface FindTracesQuery {
  /** Name of the service. */
  readonly service: string;
  /** Name of the span, as sent or as it is counted. */
  readonly operation?: string;
  /**
   * Attributes of the span or its resource, compared as text. Keys with a meaning of their own:
   * `error` (`true`, `false`) also finds the status ERROR or OK, and `resource.<key>` the attribute
   * of the resource; `span.kind` (`server`…), `span.status` (`ok`, `error`, `unset`), `scope.name`
   * and `scope.version` find nothing else.
   */
  readonly tags?: Readonly<Record<string, string>>;
  readonly minDurationNs?: number | bigint;
  readonly maxDurationNs?: number | bigint;
  /** Start time of the span, Unix nanoseconds, `[startNs, endNs]`. */
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly limit: number;
}

/** Traces in which one span meets all conditions, by the latest such start, newest first. */
export async function findTraces(
  client: ReadClient,
  query: FindTracesQuery,
  options?: ReadOptions,
): Promise<TraceId[]> {
  const parameters: Record<string, QueryParameter> = {
    service: query.service,
    startNs: clampedNs(query.startNs),
    endNs: clampedNs(query.endNs),
    limit: query.limit,
  };
  const conditions: string[] = [];
  if (query.operation !== undefined) {
    conditions.push('{operation:String} IN (name, operation)');
    parameters['operation'] = query.operation;
  }
  if (query.minDurationNs !== undefined) {
    conditions.push('duration_ns >= {minDurationNs:UInt64}');
    parameters['minDurationNs'] = BigInt(query.minDurationNs);
  }
  if (query.maxDurationNs !== undefined) {
    conditions.push('duration_ns <= {maxDurationNs:UInt64}');
    parameters['maxDurationNs'] = BigInt(query.maxDurationNs);
  }
  for (const [at, [key, value]] of Object.entries(query.tags ?? {}).entries()) {
    const tag = tagCondition(at, key, value);
    conditions.push(tag.condition);
    Object.assign(parameters, tag.parameters);
  }
  const rows = await client.rows<{ id: TraceId }>(
    `SELECT lower(hex(trace_id)) AS id
     FROM spans_data
     WHERE marker = '' AND ${daysOfSearch} AND service = {service:String}
       AND start_ns >= {startNs:UInt64} AND start_ns <= {endNs:UInt64}
       ${conditions.map((condition) => `AND ${condition}`).join('\n       ')}
     GROUP BY trace_id
     ORDER BY max(start_ns) DESC, trace_id
     LIMIT {limit:UInt32}`,
    parameters,
    options,
  );
  return rows.map((row) => row.id);
}

/** Into what `toDate` holds: 1970 to 2149. */
function clampedNs(ns: bigint): bigint {
  const least = 3_600_000_000_000n;
  const most = 5_600_000_000_000_000_000n;
  if (ns < least) return least;
  return ns > most ? most : ns;
}
