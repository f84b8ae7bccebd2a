import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';
import { storeErrorOf } from '../client/errors.ts';
import type { ReadClient } from '../client/read-client.ts';

/** A column of a result or of a table. */
export interface ResultColumn {
  readonly name: string;
  /** ClickHouse's name of the type. */
  readonly type: string;
}

/** Bounds of a window as a user's SQL sees them: `{from:DateTime64(9)}` and `{to:DateTime64(9)}`. */
export interface SqlWindow {
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

export interface SqlLimits {
  readonly maxExecutionSeconds: number;
  readonly maxResultRows: number;
}

/** Text that stands for a whole number of seconds whatever the time zone of the server. */
export function windowParameters({ fromSeconds, toSeconds }: SqlWindow): Record<'from' | 'to', string> {
  return { from: `${fromSeconds}.000000000`, to: `${toSeconds}.000000000` };
}

/** `toDate` and the like mean UTC, as windows do. */
export const inUtc: ClickHouseSettings = { session_timezone: 'UTC' };

/** The columns that a query gives, without running it. Rejects with a `StoreError` in ClickHouse's words. */
export async function describeSql(client: ClickHouseClient, sql: string): Promise<ResultColumn[]> {
  try {
    const result = await client.query({
      query: `DESCRIBE TABLE (\n${sql}\n)`,
      format: 'JSONEachRow',
      query_params: windowParameters({ fromSeconds: 0, toSeconds: 0 }),
      clickhouse_settings: { ...inUtc, wait_end_of_query: 1 },
    });
    const rows = await result.json<ResultColumn>();
    return rows.map(({ name, type }) => ({ name, type }));
  } catch (error) {
    throw storeErrorOf(error, 'the SQL');
  }
}

/** Runs a query over a window. More rows than the limit are an error, not cut off. */
export async function selectSql(
  client: ClickHouseClient,
  sql: string,
  window: SqlWindow,
  limits: SqlLimits,
): Promise<Record<string, unknown>[]> {
  try {
    const result = await client.query({
      query: `SELECT * FROM (\n${sql}\n)`,
      format: 'JSONEachRow',
      query_params: windowParameters(window),
      clickhouse_settings: {
        ...inUtc,
        wait_end_of_query: 1,
        max_execution_time: limits.maxExecutionSeconds,
        max_result_rows: String(limits.maxResultRows),
        output_format_json_quote_64bit_integers: 0,
      },
    });
    return await result.json<Record<string, unknown>>();
  } catch (error) {
    throw storeErrorOf(error, 'the SQL');
  }
}

/** Columns of a table, none where there is no such table. */
export async function tableColumns(client: ReadClient, table: string): Promise<ResultColumn[]> {
  return await client.rows<ResultColumn>(
    `SELECT name, type FROM system.columns
     WHERE database = currentDatabase() AND table = {table:String}
     ORDER BY position`,
    { table },
  );
}
