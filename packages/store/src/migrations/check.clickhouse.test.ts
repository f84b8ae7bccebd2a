import { createClient } from '@clickhouse/client';
import type { ClickHouseClient } from '@clickhouse/client';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { replicatedTables } from '../tables/options.ts';
import { temporaryEngine } from '../testing/engine.ts';
import type { TemporaryEngine } from '../testing/engine.ts';
import { checkSchema, schemaDifferences } from './check.ts';
import { migrate, migrateStepwise } from './migrate.ts';

let temporary: TemporaryEngine;
let client: ClickHouseClient;
let connection: { readonly url: string; readonly password: string; readonly database: string };
let databases = 0;

beforeAll(async () => {
  temporary = await temporaryEngine();
  client = createClient({ url: temporary.engine.url, password: temporary.engine.secret });
});

afterAll(async () => {
  await client.close();
  await temporary.remove();
});

beforeEach(() => {
  connection = {
    url: temporary.engine.url,
    password: temporary.engine.secret,
    database: `check_${++databases}`,
  };
});

async function run(statement: string): Promise<void> {
  await client.command({ query: statement.replaceAll('DB.', `${connection.database}.`) });
}

test('nothing is made where there is nothing, and it is said what to do', async () => {
  await expect(checkSchema(connection)).rejects.toMatchObject({
    retryable: false,
    message: expect.stringContaining('spanloom migrate'),
  });
  const found = await client.query({ query: 'SHOW DATABASES', format: 'TabSeparated' });
  expect(await found.text()).not.toContain(connection.database);
});

test('what a migration made is what is needed', async () => {
  await migrate(connection, { traceTtlDays: 3, figureTtlDays: 4, deduplicationWindow: 20_000 });
  await checkSchema(connection, { traceTtlDays: 3, figureTtlDays: 4, deduplicationWindow: 20_000 });
  await checkSchema(connection, { traceTtlDays: 3, figureTtlDays: 4, role: 'sink' });
});

test('every difference is named', async () => {
  await migrate(connection, { traceTtlDays: 30 });
  await run('ALTER TABLE DB.spans_data DROP COLUMN status_message');
  await run('ALTER TABLE DB.fragments_data MODIFY COLUMN part UInt64');
  await run('ALTER TABLE DB.fragments_data MODIFY TTL day + toIntervalDay(2)');
  await run('ALTER TABLE DB.edges_minute_data MODIFY SETTING non_replicated_deduplication_window = 5');
  await run('DROP VIEW DB.operations_minute');
  expect([...(await schemaDifferences(connection, { traceTtlDays: 30 }))].sort()).toEqual([
    'column fragments_data.part is UInt64, not UInt32',
    'column spans_data.status_message is missing',
    'non_replicated_deduplication_window of edges_minute_data is 5, below 10000',
    'operations_minute is missing, or this user has no right to it',
    'rows of fragments_data live until day + toIntervalDay(2), not day + toIntervalDay(30)',
  ]);
  await expect(checkSchema(connection, { traceTtlDays: 30 })).rejects.toThrow(/status_message[\s\S]*spanloom migrate/);
});

test('a service looks only at what it needs', async () => {
  await migrate(connection);
  await run('ALTER TABLE DB.spans_data DROP COLUMN status_message');
  expect(await schemaDifferences(connection, { role: 'rollup' })).toEqual([]);
  expect(await schemaDifferences(connection, { role: 'query' })).toEqual([
    'column spans_data.status_message is missing',
  ]);
});

test('engines that are not as configured are named', async () => {
  await migrate(connection);
  const differences = await schemaDifferences(connection, replicatedTables());
  expect(differences).toContain('table spans_data has engine ReplacingMergeTree, and clickhouse-replicated is true');
});

test('a migration that was not applied, and one from the future', async () => {
  await migrate(connection);
  await run('ALTER TABLE DB.migrations DELETE WHERE number = 1 SETTINGS mutations_sync = 1');
  expect(await schemaDifferences(connection)).toContain('migration 1 (tables) was not applied');
  await run("INSERT INTO DB.migrations (number, name) SELECT 99, 'later'");
  await expect(checkSchema(connection)).rejects.toThrow(/newer Spanloom/);
});

test('a window that is too small is raised, a larger one is left, a lost view comes back; each is told', async () => {
  await migrate(connection);
  await run('ALTER TABLE DB.edges_minute_data MODIFY SETTING non_replicated_deduplication_window = 5');
  await run('ALTER TABLE DB.spans_data MODIFY SETTING non_replicated_deduplication_window = 90000');
  await run('DROP VIEW DB.operations_minute');
  const told = [];
  for await (const event of migrateStepwise(connection, { figureTtlDays: 91 }))
    if (event.did !== 'there') told.push(event);
  expect(told).toEqual([
    { what: 'view operations_minute', did: 'made' },
    { what: 'retention of table edges_minute_data', did: 'changed' },
    { what: 'retention of table operations_minute_data', did: 'changed' },
    { what: 'non_replicated_deduplication_window of table edges_minute_data', did: 'changed' },
  ]);
  expect(await schemaDifferences(connection, { figureTtlDays: 91 })).toEqual([]);
});

test('replicated tables on a server that is no replica: it is said what is missing', async () => {
  await expect(migrate(connection, replicatedTables())).rejects.toMatchObject({
    retryable: false,
    message: expect.stringContaining('macros {shard} and {replica}'),
  });
});
