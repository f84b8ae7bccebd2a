import { createClient } from '@clickhouse/client';
import type { ClickHouseClient } from '@clickhouse/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { namedReplicaPath, replicatedTables } from '../tables/options.ts';
import { temporaryEngine } from '../testing/engine.ts';
import type { TemporaryEngine } from '../testing/engine.ts';
import { schemaDifferences } from './check.ts';
import { migrateStepwise } from './migrate.ts';
import { printMigrations } from './print.ts';

let temporary: TemporaryEngine;
let client: ClickHouseClient;

beforeAll(async () => {
  temporary = await temporaryEngine();
  client = createClient({ url: temporary.engine.url, password: temporary.engine.secret });
});

afterAll(async () => {
  await client.close();
  await temporary.remove();
});

/** As `clickhouse-client --multiquery` takes a script apart. */
function statementsOf(script: string): string[] {
  return script
    .replaceAll(/^--.*$/gm, '')
    .split(/;\n/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

const replicated = replicatedTables(namedReplicaPath);

test.each([
  ['one server', {}],
  ['a cluster', { cluster: 'main', ...replicated }],
  ['a database that replicates', replicatedTables()],
  ['replicas without ON CLUSTER', replicated],
])('every statement for %s is one that ClickHouse reads', async (_, options) => {
  const statements = statementsOf(printMigrations({ database: 'teamspans', ...options }));
  expect(statements.length).toBeGreaterThan(25);
  for (const statement of statements) {
    await client.command({ query: `EXPLAIN AST ${statement}` });
  }
});

test('on a cluster each server makes everything; nothing is left to one', () => {
  const statements = statementsOf(printMigrations({ cluster: 'main', ...replicatedTables() }));
  const alone = statements.filter((statement) => !statement.includes("ON CLUSTER 'main'"));
  expect(alone.map((statement) => statement.split(/[ \n]/, 1)[0])).toEqual([
    'USE',
    ...alone.slice(1).map(() => 'INSERT'),
  ]);
  const engines = statements.flatMap((statement) => /ENGINE = (\w+)/.exec(statement)?.[1] ?? []);
  expect(engines.filter((engine) => !engine.startsWith('Replicated'))).toEqual([]);
  const written = statements.filter((statement) => statement.includes('PARTITION BY day'));
  for (const table of written)
    expect(table).toMatch(/\n {2}replicated_deduplication_window = 10000, replicated_dedup\w+ = 3600/);
});

test('without a cluster nothing is ON CLUSTER', () => {
  expect(printMigrations({ ...replicated })).not.toContain('ON CLUSTER');
});

test('what an administrator runs is what a migration makes, as often as it is run', async () => {
  const database = 'by_hand';
  const script = statementsOf(printMigrations({ database, traceTtlDays: 9 })).filter(
    (statement) => !/^(USE|CREATE ROLE|GRANT) /.test(statement),
  );
  const [makeDatabase = '', ...rest] = script;
  await client.command({ query: makeDatabase });
  const inside = createClient({ url: temporary.engine.url, password: temporary.engine.secret, database });
  for (let times = 0; times < 2; times++) for (const query of rest) await inside.command({ query });
  await inside.close();

  const connection = { url: temporary.engine.url, password: temporary.engine.secret, database };
  expect(await schemaDifferences(connection, { traceTtlDays: 9 })).toEqual([]);
  const events = [];
  for await (const event of migrateStepwise(connection, { traceTtlDays: 9 })) events.push(event);
  expect(events.length).toBeGreaterThan(10);
  expect(events.filter(({ did }) => did !== 'there')).toEqual([]);
});
