import type { ClickHouseClient } from '@clickhouse/client';
import { storeErrorOf } from '../client/errors.ts';
import type { ReadClient } from '../client/read-client.ts';
import { durable, maxTtlDays } from '../tables/options.ts';
import type { TableOptions } from '../tables/options.ts';
import { inUtc, tableColumns, windowParameters } from './sql.ts';
import type { ResultColumn } from './sql.ts';
import type { RollupWindow } from './window.ts';

/** A table that a rollup writes to, and the columns that its SQL gives. */
export interface TargetTable {
  /** People read it under this name: a view. */
  readonly table: string;
  readonly columns: readonly ResultColumn[];
  readonly retentionDays: number;
}

/** Columns that stand before those of the SQL. */
export const windowColumns: readonly ResultColumn[] = [
  { name: 'window_from', type: "DateTime('UTC')" },
  { name: 'window_to', type: "DateTime('UTC')" },
];

const dataTable = (table: string): string => `${table}_rows`;
const quoted = (name: string): string => `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;

/** How the table under that name differs from what the SQL gives; null where it fits or is not there yet. */
export async function targetDifference(client: ReadClient, target: TargetTable): Promise<string | null> {
  const [found, rows] = await Promise.all([
    tableColumns(client, target.table),
    tableColumns(client, dataTable(target.table)),
  ]);
  if (found.length === 0 && rows.length === 0) return null;
  if (rows.length === 0) return `${target.table} is there already, and no rollup made it`;
  const wanted = [...windowColumns, ...target.columns];
  const has = rows.filter(
    (column) => !ownColumns.has(column.name) || windowColumns.some((w) => w.name === column.name),
  );
  const text = (columns: readonly ResultColumn[]): string[] => columns.map(({ name, type }) => `${name} ${type}`);
  const missing = text(wanted).filter((column) => !text(has).includes(column));
  const extra = text(has).filter((column) => !text(wanted).includes(column));
  if (missing.length + extra.length === 0) return null;
  const parts = [
    missing.length === 0 ? '' : `the SQL gives ${missing.join(', ')}`,
    extra.length === 0 ? '' : `the table has ${extra.join(', ')}`,
  ];
  return `${target.table} has another shape: ${parts.filter((part) => part !== '').join('; ')}`;
}

const ownColumns: ReadonlySet<string> = new Set(['day', 'window_from', 'window_to', 'row', 'version']);

/** Makes the table where it is missing, and brings its retention to what is wanted. */
export async function makeTarget(client: ClickHouseClient, target: TargetTable, options: TableOptions): Promise<void> {
  const rows = dataTable(target.table);
  const ttl = `day + toIntervalDay(${Math.min(target.retentionDays, maxTtlDays)})`;
  const names = target.columns.map(({ name }) => quoted(name)).join(', ');
  const statements = [
    `CREATE TABLE IF NOT EXISTS ${rows} (
  day Date,
  window_from DateTime('UTC'),
  window_to DateTime('UTC'),
  row UInt32,
  version UInt64,
  ${target.columns.map(({ name, type }) => `${quoted(name)} ${type}`).join(',\n  ')}
)
ENGINE = ${options.engine(rows, 'ReplacingMergeTree', 'version')}
PARTITION BY toYYYYMM(day)
ORDER BY (window_from, window_to, row)
TTL ${ttl}
SETTINGS ${durable}`,
    `CREATE OR REPLACE VIEW ${target.table} AS
SELECT window_from, window_to, ${names}
FROM ${rows}
WHERE row > 0 AND (window_from, window_to, version) IN (
  SELECT window_from, window_to, max(version) FROM ${rows} WHERE row = 0 GROUP BY window_from, window_to)`,
  ];
  try {
    for (const query of statements) await client.command({ query });
    const result = await client.query({
      query: 'SELECT engine_full FROM system.tables WHERE database = currentDatabase() AND name = {rows:String}',
      query_params: { rows },
      format: 'JSONEachRow',
    });
    const [made] = await result.json<{ engine_full: string }>();
    if (made?.engine_full.includes(`TTL ${ttl} `) === true) return;
    await client.command({
      query: `ALTER TABLE ${rows} MODIFY TTL ${ttl}`,
      clickhouse_settings: { mutations_sync: '0' },
    });
  } catch (error) {
    throw storeErrorOf(error, `making ${target.table}`);
  }
}

/**
 * Runs the SQL over a window into the table, as one block, in place of what any lower version wrote
 * there. Resolves with the lines written.
 */
export async function runIntoTarget(
  client: ClickHouseClient,
  read: ReadClient,
  run: {
    readonly sql: string;
    readonly target: TargetTable;
    readonly window: RollupWindow;
    readonly version: number;
    readonly maxExecutionSeconds: number;
  },
): Promise<number> {
  const { target, window, version } = run;
  const rows = dataTable(target.table);
  const names = target.columns.map(({ name }) => quoted(name)).join(', ');
  const blanks = target.columns.map(
    ({ name, type }) =>
      `defaultValueOfTypeName('${type.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}') AS ${quoted(name)}`,
  );
  try {
    await client.command({
      query: `INSERT INTO ${rows} (day, window_from, window_to, row, version, ${names})
SELECT toDate(toDateTime(${window.fromSeconds}, 'UTC')), toDateTime(${window.fromSeconds}, 'UTC'),
  toDateTime(${window.toSeconds}, 'UTC'), row_, ${version}, ${names}
FROM (
  SELECT toUInt32(row_number() OVER ()) AS row_, ${names} FROM (
${run.sql}
  )
  UNION ALL
  SELECT toUInt32(0) AS row_, ${blanks.join(', ')}
)`,
      query_params: windowParameters(window),
      clickhouse_settings: {
        ...inUtc,
        max_execution_time: run.maxExecutionSeconds,
        max_insert_threads: '1',
        max_insert_block_size: '100000000',
        min_insert_block_size_rows: '100000000',
        min_insert_block_size_bytes: '100000000000',
        insert_deduplicate: 0,
      },
    });
  } catch (error) {
    throw storeErrorOf(error, `running into ${target.table}`);
  }
  const [row] = await read.rows<{ lines: string }>(
    `SELECT count() AS lines FROM ${rows} FINAL
     WHERE row > 0 AND window_from = toDateTime({fromSeconds:UInt32}, 'UTC')
       AND window_to = toDateTime({toSeconds:UInt32}, 'UTC') AND version = {version:UInt64}`,
    { fromSeconds: window.fromSeconds, toSeconds: window.toSeconds, version },
  );
  return Number(row?.lines ?? 0);
}
