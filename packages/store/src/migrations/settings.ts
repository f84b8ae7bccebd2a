import type { ClickHouseClient } from '@clickhouse/client';
import { rowsOf } from '../client/request.ts';
import { tables } from '../tables/index.ts';
import { levelTables } from '../tables/rollups.ts';
import { ttlOf, windowSettings } from '../tables/options.ts';
import type { TableOptions } from '../tables/options.ts';
import type { Table } from '../tables/table.ts';

/** A table as the server has it. */
export interface TableAsIs {
  readonly name: string;
  /** `ReplicatedReplacingMergeTree`. */
  readonly engine: string;
  /** All that stands behind ENGINE: keys, TTL, settings. */
  readonly clauses: string;
}

/** The tables and views that this user can see, by name. */
export async function tablesAsIs(client: ClickHouseClient, doing: string): Promise<ReadonlyMap<string, TableAsIs>> {
  const rows = await rowsOf<TableAsIs>(client, {
    query: 'SELECT name, engine, engine_full AS clauses FROM system.tables WHERE database = currentDatabase()',
    doing,
  });
  return new Map(rows.map((row) => [row.name, row]));
}

/** Whether its engine keeps copies on several servers, be it that we asked for that or that the service does it. */
export function replicates(table: TableAsIs): boolean {
  return /^(Replicated|Shared)/.test(table.engine);
}

/** The value of a setting in the clauses of a table, or null where it has the server's default. */
export function settingOf(table: TableAsIs, name: string): number | null {
  const found = new RegExp(`\\b${name} = (\\d+)`).exec(table.clauses)?.[1];
  return found === undefined ? null : Number(found);
}

/** The settings that make this table remember its tokens for as long as the options say. */
export function windowsFor(table: TableAsIs, options: TableOptions): ReturnType<typeof windowSettings> {
  return windowSettings({ ...options, replicated: replicates(table) });
}

export interface SettingChange {
  /** For people: `retention of table spans_data`. */
  readonly what: string;
  readonly statements: readonly string[];
}

/** Tables whose rows live for as long as is configured. */
export const retained: readonly Pick<Table, 'dataTable' | 'keeps'>[] = [...Object.values(tables), ...levelTables];

/** Tables that must remember tokens. */
export const remembering: readonly string[] = [
  ...Object.values(tables).map(({ dataTable }) => dataTable),
  'rollup_claims',
];

/**
 * What brings tables to the retention and the windows that are configured; the others are not
 * touched. Windows are only ever raised: lowering one would forget tokens that are still needed.
 */
export async function settingChanges(client: ClickHouseClient, options: TableOptions): Promise<SettingChange[]> {
  const found = await tablesAsIs(client, 'migrating');
  return [
    ...retained.flatMap(({ dataTable, keeps }) => {
      const table = found.get(dataTable);
      return table === undefined ? [] : retentionChanges(table, ttlOf(keeps, options));
    }),
    ...remembering.flatMap((name) => {
      const table = found.get(name);
      return table === undefined ? [] : windowChanges(table, options);
    }),
  ];
}

/**
 * What is stored already follows: a part keeps the TTL that it was written under, merges
 * included, until it is computed anew, and rows would go too early after retention was raised. Only
 * the TTL is, in the background, out of the column `day`: the other columns are linked, not copied.
 */
function retentionChanges(table: TableAsIs, ttl: string): SettingChange[] {
  if (table.clauses.includes(`TTL ${ttl} `)) return [];
  return [
    {
      what: `retention of table ${table.name}`,
      statements: [
        `ALTER TABLE ${table.name} MODIFY SETTING materialize_ttl_recalculate_only = 1`,
        `ALTER TABLE ${table.name} MODIFY TTL ${ttl}`,
      ],
    },
  ];
}

function windowChanges(table: TableAsIs, options: TableOptions): SettingChange[] {
  return windowsFor(table, options)
    .filter(([name, value]) => (settingOf(table, name) ?? 0) < value)
    .map(([name, value]) => ({
      what: `${name} of table ${table.name}`,
      statements: [`ALTER TABLE ${table.name} MODIFY SETTING ${name} = ${value}`],
    }));
}
