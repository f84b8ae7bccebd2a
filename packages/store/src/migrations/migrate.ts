import type { ClickHouseClient } from '@clickhouse/client';
import { connect, databaseOf } from '../client/connection.ts';
import type { ConnectionOptions } from '../client/connection.ts';
import { rowsOf, send } from '../client/request.ts';
import { StoreError } from '../errors.ts';
import { singleNode } from '../tables/options.ts';
import type { TableOptions } from '../tables/options.ts';
import { onCluster } from './ddl.ts';
import { createMigrations, migrations } from './migrations.ts';
import { planOf } from './plan.ts';
import type { MigrationEvent } from './plan.ts';
import { settingChanges } from './settings.ts';

export interface MigrateOptions extends Partial<TableOptions> {
  /** Makes everything ON CLUSTER of this name. Default: on the server alone, or as its database replicates. */
  readonly cluster?: string | null;
}

/**
 * Brings the database to the shape that this version needs; makes it where it is missing. Resolves
 * with the numbers of the migrations that it applied. Rows live for as long as the options say,
 * those that are stored already too. Rejects with a `StoreError`; running it
 * again goes on where it stopped.
 */
export async function migrate(connection: ConnectionOptions, options: MigrateOptions = {}): Promise<readonly number[]> {
  const steps = migrateStepwise(connection, options);
  for (;;) {
    const step = await steps.next();
    if (step.done === true) return step.value;
  }
}

/** {@link migrate}, telling of each thing after it was looked at or made. */
export async function* migrateStepwise(
  connection: ConnectionOptions,
  options: MigrateOptions = {},
): AsyncGenerator<MigrationEvent, readonly number[]> {
  const { cluster = null, ...given } = options;
  const all: TableOptions = { ...singleNode, ...given };
  const database = databaseOf(connection);
  const admin = connect({ ...connection, database: 'default' });
  const client = connect(connection);
  try {
    yield await makeDatabase(commands(admin, cluster), database);
    const run = commands(client, cluster);
    const applied = yield* applyMissing(run, all);
    for (const { what, statements } of await settingChanges(client, all)) {
      for (const statement of statements) await run.command(statement);
      yield { what, did: 'changed' };
    }
    return applied;
  } catch (error) {
    throw replicationAdvice(error, all);
  } finally {
    await admin.close();
    await client.close();
  }
}

/** Runs statements, each on the cluster where there is one. */
interface Commands {
  readonly client: ClickHouseClient;
  readonly cluster: string | null;
  command(statement: string): Promise<void>;
}

function commands(client: ClickHouseClient, cluster: string | null): Commands {
  return {
    client,
    cluster,
    async command(statement) {
      await send(client, {
        query: onCluster(statement, cluster),
        doing: 'migrating',
        settings: {
          materialize_ttl_after_modify: 1,
          mutations_sync: '0',
          // Below the time of a request, so that it is said which servers are missing.
          ...(cluster === null ? {} : { distributed_ddl_task_timeout: '90' }),
        },
      });
    },
  };
}

/** A database that is there is not made again: that takes a right that whoever migrates may not have. */
async function makeDatabase({ client, cluster, command }: Commands, database: string): Promise<MigrationEvent> {
  const found = await rowsOf(client, {
    query: 'SELECT name FROM system.databases WHERE name = {database:String}',
    doing: 'migrating',
    parameters: { database },
  });
  const what = `database ${database}`;
  if (found.length > 0 && cluster === null) return { what, did: 'there' };
  await command(`CREATE DATABASE IF NOT EXISTS ${database}`);
  return { what, did: found.length > 0 ? 'there' : 'made' };
}

async function* applyMissing(run: Commands, options: TableOptions): AsyncGenerator<MigrationEvent, readonly number[]> {
  const before = await namesIn(run.client);
  await run.command(createMigrations(options));
  yield { what: 'table migrations', did: before.has('migrations') ? 'there' : 'made' };
  const applied = await appliedMigrations(run.client);
  refuseNewer(applied);
  const known = migrations.map((migration) => ({
    ...migration,
    statements: migration.statements(options),
    isNew: !applied.has(migration.number),
  }));
  const plan = planOf(known, before);
  for (const [at, { number, name, isNew }] of known.entries()) {
    for (const { statement, runs, event } of plan[at] ?? []) {
      if (runs) await run.command(statement);
      if (event !== null) yield event;
    }
    if (!isNew) continue;
    await send(run.client, {
      query: 'INSERT INTO migrations (number, name) SELECT {number:UInt32}, {name:String}',
      doing: 'migrating',
      parameters: { number, name },
      settings: { async_insert: 0 },
    });
    yield { what: `migration ${number} (${name})`, did: 'made' };
  }
  return known.filter(({ isNew }) => isNew).map(({ number }) => number);
}

async function namesIn(client: ClickHouseClient): Promise<ReadonlySet<string>> {
  const rows = await rowsOf<{ name: string }>(client, {
    query: 'SELECT name FROM system.tables WHERE database = currentDatabase()',
    doing: 'migrating',
  });
  return new Set(rows.map((row) => row.name));
}

/** Numbers of the migrations that the database has seen. */
export async function appliedMigrations(client: ClickHouseClient): Promise<ReadonlySet<number>> {
  const rows = await rowsOf<{ number: number }>(client, {
    query: 'SELECT DISTINCT number FROM migrations',
    doing: 'looking for migrations',
    settings: { select_sequential_consistency: '1' },
  });
  return new Set(rows.map((row) => row.number));
}

/** Throws a `StoreError` where there are migrations that this version does not know. */
export function refuseNewer(applied: ReadonlySet<number>): void {
  const known = Math.max(...migrations.map(({ number }) => number));
  const newest = Math.max(0, ...applied);
  if (newest > known) {
    throw new StoreError(
      `the database was made by a newer Spanloom (its migration ${newest}, this one knows ${known})`,
      'broken',
    );
  }
}

/** BAD_ARGUMENTS, NO_ELEMENTS_IN_CONFIG: what a server says that cannot tell replicas of a table apart. */
const replicationCodes: ReadonlySet<number | null> = new Set([36, 139]);

function replicationAdvice(error: unknown, { replicated }: TableOptions): unknown {
  if (!replicated || !(error instanceof StoreError) || !replicationCodes.has(error.code)) return error;
  return new StoreError(
    `${error.message} (Replicated tables need macros {shard} and {replica} at every server, and either ` +
      'clickhouse-cluster, a database with ENGINE = Replicated, or clickhouse-replica-path)',
    'broken',
    { cause: error },
  );
}
