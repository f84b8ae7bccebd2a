import type { ClickHouseClient } from '@clickhouse/client';
import { connect, databaseOf } from '../client/connection.ts';
import type { ConnectionOptions } from '../client/connection.ts';
import { rowsOf, send } from '../client/request.ts';
import { StoreError } from '../errors.ts';
import { settingsSent } from '../sink/sent.ts';
import { singleNode, ttlOf } from '../tables/options.ts';
import type { TableOptions } from '../tables/options.ts';
import { grantsOf, rightsOf } from './access.ts';
import type { Rights, Role } from './access.ts';
import { appliedMigrations, refuseNewer } from './migrate.ts';
import { allStatements, migrations } from './migrations.ts';
import { remembering, replicates, retained, settingOf, tablesAsIs, windowsFor } from './settings.ts';
import type { TableAsIs } from './settings.ts';
import { shapeOf } from './shape.ts';
import type { Column } from './shape.ts';

export interface CheckOptions extends Partial<TableOptions> {
  /** Looks only at what this service needs, and at its rights. Default: at everything, and at no rights. */
  readonly role?: Role;
}

/**
 * Compares the database with what this version needs, and makes nothing. Rejects with a `StoreError`
 * that names every difference and what to do; a retryable one where the server does not answer.
 */
export async function checkSchema(connection: ConnectionOptions, options: CheckOptions = {}): Promise<void> {
  const differences = await schemaDifferences(connection, options);
  if (differences.length === 0) return;
  throw new StoreError(
    `database ${databaseOf(connection)} is not what this version needs:\n${differences.map((line) => `- ${line}`).join('\n')}\n` +
      'Run "spanloom migrate", or let an administrator run what "spanloom migrate --print" writes.',
    'broken',
  );
}

/** What {@link checkSchema} finds, a line each. */
export async function schemaDifferences(
  connection: ConnectionOptions,
  options: CheckOptions = {},
): Promise<readonly string[]> {
  const { role, ...given } = options;
  const all: TableOptions = { ...singleNode, ...given };
  const client = connect(connection);
  try {
    const applied = await appliedMigrations(client);
    refuseNewer(applied);
    const missing = migrations.filter(({ number }) => !applied.has(number));
    if (missing.length > 0) {
      return missing.map(({ number, name }) => `migration ${number} (${name}) was not applied`);
    }
    const rights =
      role === undefined
        ? null
        : rightsOf(
            role,
            migrations.map(({ access }) => access),
          );
    const needed = rights === null ? null : new Set([...rights.reads, ...rights.writes]);
    const found = await tablesAsIs(client, 'looking at the tables');
    return [
      ...shapeDifferences(found, await columnsAsIs(client), all, needed),
      ...tableDifferences(found, all, needed),
      ...(rights === null ? [] : await missingRights(client, rights, databaseOf(connection))),
      ...(await fixedSettings(client, role === undefined || role === 'sink', all.replicated)),
    ];
  } finally {
    await client.close();
  }
}

function shapeDifferences(
  found: ReadonlyMap<string, TableAsIs>,
  columns: ReadonlyMap<string, readonly Column[]>,
  options: TableOptions,
  needed: ReadonlySet<string> | null,
): string[] {
  const shape = shapeOf(allStatements(options));
  const differences: string[] = [];
  const isNeeded = (name: string): boolean => needed === null || needed.has(name);
  for (const name of [...shape.tables.keys(), ...shape.views].filter(isNeeded)) {
    if (!found.has(name)) differences.push(`${name} is missing, or this user has no right to it`);
  }
  for (const [table, wanted] of shape.tables) {
    const here = new Map(columns.get(table)?.map(({ name, type }) => [name, type]));
    if (!isNeeded(table) || !found.has(table)) continue;
    for (const { name, type } of wanted) {
      const is = here.get(name);
      if (is === undefined) differences.push(`column ${table}.${name} is missing`);
      else if (is !== type) differences.push(`column ${table}.${name} is ${is}, not ${type}`);
    }
  }
  return differences;
}

/** Engines, retention and windows. */
function tableDifferences(
  found: ReadonlyMap<string, TableAsIs>,
  options: TableOptions,
  needed: ReadonlySet<string> | null,
): string[] {
  const isHere = (name: string): TableAsIs[] => {
    const table = found.get(name);
    return table === undefined || (needed !== null && !needed.has(name)) ? [] : [table];
  };
  return [
    ...retained.flatMap(({ dataTable, keeps }) =>
      isHere(dataTable).flatMap((table) => retentionDifferences(table, ttlOf(keeps, options))),
    ),
    ...remembering.flatMap((name) =>
      isHere(name).flatMap((table) => [...engineDifferences(table, options), ...windowDifferences(table, options)]),
    ),
  ];
}

function retentionDifferences(table: TableAsIs, ttl: string): string[] {
  if (table.clauses.includes(`TTL ${ttl} `)) return [];
  const is = /TTL (.*?)(?: SETTINGS|$)/.exec(table.clauses)?.[1] ?? 'for ever';
  return [`rows of ${table.name} live until ${is}, not ${ttl}`];
}

function engineDifferences(table: TableAsIs, { replicated }: TableOptions): string[] {
  // A service that replicates by itself has `Shared…` engines, whatever was asked for.
  if (table.engine.startsWith('Shared') || table.engine.startsWith('Replicated') === replicated) return [];
  return [`table ${table.name} has engine ${table.engine}, and clickhouse-replicated is ${String(replicated)}`];
}

function windowDifferences(table: TableAsIs, options: TableOptions): string[] {
  return windowsFor(table, options).flatMap(([name, least]) => {
    const is = settingOf(table, name) ?? (replicates(table) ? least : 0);
    return is < least ? [`${name} of ${table.name} is ${is}, below ${least}`] : [];
  });
}

async function columnsAsIs(client: ClickHouseClient): Promise<ReadonlyMap<string, readonly Column[]>> {
  const rows = await rowsOf<{ table: string; name: string; type: string }>(client, {
    query: 'SELECT table, name, type FROM system.columns WHERE database = currentDatabase()',
    doing: 'looking at the columns',
  });
  const tables = new Map<string, Column[]>();
  for (const { table, ...column } of rows) tables.set(table, [...(tables.get(table) ?? []), column]);
  return tables;
}

/** SYNTAX_ERROR: the server is too old to tell. */
const unknownStatement = 62;

async function missingRights(client: ClickHouseClient, rights: Rights, database: string): Promise<string[]> {
  const differences: string[] = [];
  for (const { right, on } of grantsOf(rights, database)) {
    try {
      // It takes no FORMAT.
      const answer = await send(client, { query: `CHECK GRANT ${right} ON ${on}`, doing: 'looking at rights' });
      if (answer.toString().trim() === '0') differences.push(`this user lacks ${right} ON ${on}`);
    } catch (error) {
      if (error instanceof StoreError && error.code === unknownStatement) return [];
      throw error;
    }
  }
  return differences;
}

/** Settings that this user's profile fixes to another value than we send. */
async function fixedSettings(client: ClickHouseClient, inserts: boolean, replicated: boolean): Promise<string[]> {
  const sent = new Map(Object.entries(settingsSent({ inserts, replicated })));
  const rows = await rowsOf<{ name: string; value: string }>(client, {
    query: 'SELECT name, value FROM system.settings WHERE readonly != 0 AND name IN {names:Array(String)}',
    doing: 'looking at settings',
    parameters: { names: [...sent.keys()] },
  });
  return rows
    .filter(({ name, value }) => String(sent.get(name)) !== value)
    .map(
      ({ name, value }) =>
        `this user may not change the setting ${name}, which is ${value} and must be ${String(sent.get(name))}`,
    );
}
