import type { ReadClient, ReadOptions } from '../client/read-client.ts';
import { sinceDay } from './day.ts';

export interface ColumnValuesQuery {
  /** Only values that contain it, in whatever case. */
  readonly containing: string;
  readonly sinceMs: number;
  readonly limit: number;
}

/** Enough to know what is common. */
const sampledSpans = 200_000;

/** Values of a column of the spans, the commonest in a sample first. */
export async function spanColumnValues(
  client: ReadClient,
  column: 'name' | 'peer' | 'status_message',
  query: ColumnValuesQuery,
  options?: ReadOptions,
): Promise<string[]> {
  const rows = await client.rows<{ value: string }>(
    `SELECT value FROM (
       SELECT ${column} AS value FROM spans_data WHERE marker = '' AND ${sinceDay} AND ${column} != ''
       LIMIT ${sampledSpans}
     )
     WHERE ${contains}
     GROUP BY value
     ORDER BY count() DESC, value
     LIMIT {limit:UInt32}`,
    parametersOf(query),
    options,
  );
  return rows.map((row) => row.value);
}

/** Names of operations, of one service or of all, those with the most calls first. */
export async function operationNames(
  client: ReadClient,
  query: ColumnValuesQuery & { readonly service?: string },
  options?: ReadOptions,
): Promise<string[]> {
  const rows = await client.rows<{ value: string }>(
    `SELECT operation AS value FROM operations_minute_data
     WHERE marker = '' AND ${sinceDay} AND ${contains}
       ${query.service === undefined ? '' : 'AND service = {service:String}'}
     GROUP BY operation
     HAVING sum(calls) != 0
     ORDER BY sum(calls) DESC, value
     LIMIT {limit:UInt32}`,
    { ...parametersOf(query), service: query.service ?? '' },
    options,
  );
  return rows.map((row) => row.value);
}

const contains = 'positionCaseInsensitiveUTF8(value, {containing:String}) > 0';

function parametersOf({ containing, sinceMs, limit }: ColumnValuesQuery): Record<string, string | number> {
  return { containing, sinceSecond: Math.floor(sinceMs / 1000), limit };
}
