import { databaseOf } from '../client/connection.ts';
import { singleNode } from '../tables/options.ts';
import type { TableOptions } from '../tables/options.ts';
import { migratorGrants, rightsOf, roleName, roleStatements, roles } from './access.ts';
import { onCluster, quoted } from './ddl.ts';
import type { MigrateOptions } from './migrate.ts';
import { createMigrations, migrations } from './migrations.ts';

export interface PrintOptions extends MigrateOptions {
  /** Default `spanloom`. */
  readonly database?: string;
}

/**
 * All SQL that an administrator must run so that the services need no right to create anything:
 * database, tables and views in order, then a role with its grants for each service. It changes
 * nothing where everything is there. Throws a `StoreError` for a name that would need quotes.
 */
export function printMigrations(options: PrintOptions = {}): string {
  return [...printedStatements(options)].join('\n\n') + '\n';
}

/** Comments and statements, each with its semicolon. */
function* printedStatements({ database: name, cluster = null, ...given }: PrintOptions): Generator<string> {
  const options: TableOptions = { ...singleNode, ...given };
  const database = databaseOf(name === undefined ? {} : { database: name });
  const statement = (text: string): string => `${onCluster(text, cluster)};`;
  yield [
    '-- Run as an administrator: clickhouse-client --multiquery < FILE',
    '-- Instead of this, "spanloom migrate" makes all but the roles as a user with these rights:',
    ...migratorGrants(database, cluster).map((grant) => `-- ${grant} TO that_user;`),
  ].join('\n');
  yield statement(`CREATE DATABASE IF NOT EXISTS ${database}`);
  yield `USE ${database};`;
  yield statement(createMigrations(options));
  for (const migration of migrations) {
    yield `-- Migration ${migration.number}: ${migration.name}`;
    for (const text of migration.statements(options)) yield statement(text);
    yield `INSERT INTO migrations (number, name)
SELECT ${migration.number}, ${quoted(migration.name)} WHERE ${migration.number} NOT IN (SELECT number FROM migrations);`;
  }
  yield `-- One role for each service. Give it to the service's user, who needs nothing else:
-- GRANT ${roleName('sink', database)} TO that_user;`;
  const accesses = migrations.map(({ access }) => access);
  for (const role of roles) {
    yield roleStatements(role, rightsOf(role, accesses), database, cluster)
      .map((text) => `${text};`)
      .join('\n');
  }
}
