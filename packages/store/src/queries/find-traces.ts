import type { TraceId } from '@spanloom/span';
import type { QueryParameter, ReadClient, ReadOptions } from '../client/read-client.ts';
import { clampedWindow, resourcesInDays, spansInDays } from './search-sql.ts';
import { tagCondition } from './tag-condition.ts';
import type { TagCondition } from './tag-condition.ts';

export interface FindTracesQuery {
  /** Name of the service; any where absent. */
  readonly service?: string;
  /** Name of the span, as sent or as it is counted. */
  readonly operation?: string;
  /**
   * Attributes of the span, its resource, scope, events and links, compared as text. Keys with a
   * meaning of their own: `error` (`true`, `false`) also finds the status ERROR or OK, and
   * `resource.<key>` the attribute of the resource; `span.kind` (`server`…), `span.status` (`ok`,
   * `error`, `unset`), `scope.name` and `scope.version` find nothing else.
   */
  readonly tags?: Readonly<Record<string, string>>;
  readonly minDurationNs?: number | bigint;
  readonly maxDurationNs?: number | bigint;
  /** Start time of the span, Unix nanoseconds, `[startNs, endNs]`. */
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly limit: number;
}

/**
 * Traces in which one span meets all conditions, by the latest such start, newest first. A tag is
 * looked for in the columns, which have indexes, and by a second query in the bytes beside them,
 * which have none: one query for both would use no index.
 */
export async function findTraces(
  client: ReadClient,
  query: FindTracesQuery,
  options?: ReadOptions,
): Promise<TraceId[]> {
  const search = searchOf(query);
  const tags = await withResources(client, search, options);
  const inColumns = tags.map((tag) => tag.condition);
  const inRest = tags.flatMap(({ tag }) => (tag.ofRest === null ? [] : [tag.ofRest]));
  const found = [await run(client, search, inColumns, options)];
  if (inRest.length > 0) {
    const anywhere = tags.map(({ condition, tag }) =>
      tag.ofRest === null ? condition : `(${condition} OR ${tag.ofRest})`,
    );
    found.push(await run(client, search, [`(${inRest.join(' OR ')})`, ...anywhere], options));
  }
  return newest(found.flat(), query.limit);
}

/** Conditions beside those of tags, and every parameter. */
interface Search {
  readonly conditions: readonly string[];
  readonly tags: readonly TagCondition[];
  readonly parameters: Readonly<Record<string, QueryParameter>>;
}

function searchOf(query: FindTracesQuery): Search {
  const parameters: Record<string, QueryParameter> = {
    ...clampedWindow(query),
    limit: query.limit,
  };
  const conditions: string[] = [];
  if (query.service !== undefined) {
    conditions.push('service = {service:String}');
    parameters['service'] = query.service;
  }
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
  const tags = Object.entries(query.tags ?? {}).map(([key, value], at) => tagCondition(at, key, value));
  return { conditions, tags, parameters: Object.assign(parameters, ...tags.map((tag) => tag.parameters)) };
}

/** Each tag with its condition on the columns. Resources that do not have it stand in no condition: it would cost the index. */
async function withResources(
  client: ReadClient,
  { tags, parameters }: Search,
  options?: ReadOptions,
): Promise<{ readonly tag: TagCondition; readonly condition: string }[]> {
  const asked = tags.map((tag) => tag.ofResource ?? 'false');
  if (tags.every((tag) => tag.ofResource === null)) return tags.map((tag) => ({ tag, condition: tag.ofSpan }));
  const [row] = await client.rows<{ there: (0 | 1)[] }>(
    `SELECT [${asked.map((condition) => `max(${condition})`).join(', ')}] AS there
     FROM resources_data
     WHERE ${resourcesInDays}`,
    parameters,
    options,
  );
  return tags.map((tag, at) => {
    if (tag.ofResource === null || row?.there[at] !== 1) return { tag, condition: tag.ofSpan };
    const ids = `SELECT id FROM resources_data WHERE ${resourcesInDays} AND ${tag.ofResource}`;
    return { tag, condition: `(${tag.ofSpan} OR resource_id IN (${ids}))` };
  });
}

interface Found {
  readonly id: TraceId;
  readonly last_ns: string;
}

async function run(
  client: ReadClient,
  search: Search,
  tags: readonly string[],
  options?: ReadOptions,
): Promise<Found[]> {
  return await client.rows<Found>(
    `SELECT lower(hex(trace_id)) AS id, max(start_ns) AS last_ns
     FROM spans_data
     WHERE ${spansInDays} AND start_ns <= {endNs:UInt64}
       ${[...search.conditions, ...tags].map((condition) => `AND ${condition}`).join('\n       ')}
     GROUP BY trace_id
     ORDER BY last_ns DESC, trace_id
     LIMIT {limit:UInt32}`,
    search.parameters,
    options,
  );
}

function newest(found: readonly Found[], limit: number): TraceId[] {
  const lastNs = new Map<TraceId, bigint>();
  for (const { id, last_ns } of found) {
    const ns = BigInt(last_ns);
    if (ns > (lastNs.get(id) ?? -1n)) lastNs.set(id, ns);
  }
  return [...lastNs]
    .toSorted(([a, aNs], [b, bNs]) => (aNs === bNs ? (a < b ? -1 : 1) : aNs > bNs ? -1 : 1))
    .slice(0, limit)
    .map(([id]) => id);
}
