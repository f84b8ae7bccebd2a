import type { ClickHouseClient } from '@clickhouse/client';
import { connect, databaseOf } from '../client/connection.ts';
import type { ConnectionOptions } from '../client/connection.ts';
import { storeErrorOf } from '../client/errors.ts';
import { StoreError } from '../errors.ts';
import { durable, singleNode } from '../tables/options.ts';
import type { TableOptions } from '../tables/options.ts';
import { migrations } from './migrations.ts';
import { applyRetention } from './retention.ts';

/**
 * Brings the database to the shape that this version needs; makes it where it is missing. Resolves
 * with the numbers of the migrations that it applied. Rows live for as long as the options say,
 * those that are stored already too. Rejects with a `StoreError`; running it
 * again goes on where it stopped.
 */
export async function migrate(
  connection: ConnectionOptions,
  options: Partial<TableOptions> = {},
): Promise<readonly number[]> {
  const database = databaseOf(connection);
  const admin = connect({ ...connection, database: 'default' });
  const client = connect(connection);
  try {
    await admin.command({ query: `CREATE DATABASE IF NOT EXISTS ${database}` });
    const all = { ...singleNode, ...options };
    const applied = await applyMissing(client, all);
    await applyRetention(client, all);
    return applied;
  } catch (error) {
    throw storeErrorOf(error, 'migrating');
  } finally {
    await admin.close();
    await client.close();
  }
}

async function applyMissing(client: ClickHouseClient, options: TableOptions): Promise<number[]> {
  await client.command({
    query: `CREATE TABLE IF NOT EXISTS migrations (number UInt32, name String, applied DateTime('UTC') DEFAULT now())
ENGINE = ${options.engine('migrations', 'ReplacingMergeTree')} ORDER BY number SETTINGS ${durable}`,
  });
  const result = await client.query({
    query: 'SELECT DISTINCT number FROM migrations',
    format: 'JSONEachRow',
  });
  const applied = new Set((await result.json<{ number: number }>()).map((row) => row.number));
  refuseNewer(applied);
  const missing = migrations.filter((migration) => !applied.has(migration.number));
  for (const migration of missing) {
    for (const query of migration.statements(options)) await client.command({ query });
    await client.command({
      query: 'INSERT INTO migrations (number, name) SELECT {number:UInt32}, {name:String}',
      query_params: { number: migration.number, name: migration.name },
    });
  }
  return missing.map((migration) => migration.number);
}

function refuseNewer(applied: ReadonlySet<number>): void {
  const known = Math.max(...migrations.map(({ number }) => number));
  const newest = Math.max(0, ...applied);
  if (newest > known) {
    throw new StoreError(
      `the database was made by a newer Spanloom (its migration ${newest}, this one knows ${known})`,
      'broken',
    );
  }
}
