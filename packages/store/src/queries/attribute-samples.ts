import type { ReadClient, ReadOptions } from '../client/read-client.ts';
import { sinceDay } from './day.ts';

/** Names of attributes, the commonest first. */
export interface AttributeNames {
  readonly span: readonly string[];
  readonly resource: readonly string[];
}

/**
 * Trace ids are random and the tables are in their order: the first rows are a sample of all traces.
 * 50,000 spans: what is missed is on fewer than one span in ten thousand.
 */
const sampledSpans = 50_000;
const maxNames = 1000;

export async function attributeNames(
  client: ReadClient,
  sinceMs: number,
  options?: ReadOptions,
): Promise<AttributeNames> {
  const rows = await client.rows<{ scope: 'span' | 'resource'; name: string }>(
    `SELECT scope, name FROM (
       SELECT 'span' AS scope, arrayJoin(names) AS name, count() AS times
       FROM (SELECT mapKeys(attributes) AS names FROM spans_data WHERE marker = '' AND ${sinceDay} LIMIT ${sampledSpans})
       GROUP BY name
       UNION ALL
       SELECT 'resource' AS scope, arrayJoin(mapKeys(attributes)) AS name, count() AS times
       FROM resources_data WHERE marker = '' AND ${sinceDay}
       GROUP BY name
     )
     ORDER BY times DESC, name
     LIMIT ${maxNames} BY scope`,
    { sinceSecond: Math.floor(sinceMs / 1000) },
    options,
  );
  const named = (scope: string): string[] => rows.filter((row) => row.scope === scope).map((row) => row.name);
  return { span: named('span'), resource: named('resource') };
}

export interface AttributeValuesQuery {
  readonly key: string;
  readonly scope: 'span' | 'resource' | 'any';
  /** Only values that contain it, in whatever case. */
  readonly containing: string;
  readonly sinceMs: number;
  readonly limit: number;
}

/** Values of an attribute in a sample of the spans, the commonest first. */
export async function attributeValues(
  client: ReadClient,
  query: AttributeValuesQuery,
  options?: ReadOptions,
): Promise<string[]> {
  const rows = await client.rows<{ value: string }>(
    `SELECT value FROM (${sources(query.scope).join(' UNION ALL ')})
     WHERE positionCaseInsensitiveUTF8(value, {containing:String}) > 0
     GROUP BY value
     ORDER BY sum(times) DESC, value
     LIMIT {limit:UInt32}`,
    {
      key: query.key,
      containing: query.containing,
      sinceSecond: Math.floor(query.sinceMs / 1000),
      limit: query.limit,
    },
    options,
  );
  return rows.map((row) => row.value);
}

function sources(scope: AttributeValuesQuery['scope']): string[] {
  const ofSpans = `SELECT attributes[{key:String}] AS value, count() AS times FROM (
       SELECT attributes FROM spans_data
       WHERE marker = '' AND ${sinceDay} AND has(mapKeys(attributes), {key:String}) LIMIT ${sampledSpans}
     ) GROUP BY value`;
  const ofResources = `SELECT attributes[{key:String}] AS value, count() AS times FROM resources_data
     WHERE marker = '' AND ${sinceDay} AND has(mapKeys(attributes), {key:String}) GROUP BY value`;
  if (scope === 'any') return [ofSpans, ofResources];
  return scope === 'span' ? [ofSpans] : [ofResources];
}
