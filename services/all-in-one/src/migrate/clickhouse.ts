import { storeConnection, storeDatabase, storeTables } from '@spanloom/ports';
import type { Config } from '@spanloom/runtime';
import { migrateStepwise, printMigrations } from '@spanloom/store';

import type { MigrationStep } from './step.ts';

/** Database, tables, views, retention and windows at ClickHouse; as a script, the roles of the services too. */
export function clickhouseStep(config: Config): MigrationStep {
  const name = 'clickhouse';
  if (config.clickhouseUrl === '') {
    const nothing = 'the embedded ClickHouse is brought up to date at every start: nothing to do';
    return {
      name,
      plan: () => [`# ${nothing}`],
      async *apply() {
        yield nothing;
      },
    };
  }
  return {
    name,
    plan: () => [
      '# Options of clickhouse-client, as CLICKHOUSE="--host … --user … --password … --secure"',
      "clickhouse-client ${CLICKHOUSE:-} --multiquery <<'SQL'",
      printMigrations({ ...storeTables(config), database: storeDatabase(config) }).trimEnd(),
      'SQL',
    ],
    async *apply() {
      for await (const { what, did } of migrateStepwise(storeConnection(config), storeTables(config))) {
        yield `${what}: ${did}`;
      }
    },
  };
}
