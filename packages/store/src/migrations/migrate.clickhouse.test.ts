import { createClient } from '@clickhouse/client';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ConnectionOptions } from '../client/connection.ts';
import { openStore } from '../store.ts';
import { temporaryEngine, until } from '../testing/engine.ts';
import type { TemporaryEngine } from '../testing/engine.ts';
import { batchOf, exampleSpan } from '../testing/spans.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations.ts';

let temporary: TemporaryEngine;
let connection: Pick<ConnectionOptions, 'url'> & { readonly password: string; readonly database: string };
let databases = 0;

beforeAll(async () => {
  temporary = await temporaryEngine();
});

afterAll(async () => {
  await temporary.remove();
});

beforeEach(() => {
  connection = { url: temporary.engine.url, password: temporary.engine.secret, database: `test_${++databases}` };
});

async function rows<Row>(query: string): Promise<Row[]> {
  const client = createClient(connection);
  try {
    return await (await client.query({ query, format: 'JSONEachRow' })).json<Row>();
  } finally {
    await client.close();
  }
}

/** Days that rows of a table live; null where they stay. */
async function daysKept(): Promise<Record<string, number | null>> {
  const tables = await rows<{ name: string; engine_full: string }>(
    "SELECT name, engine_full FROM system.tables WHERE database = currentDatabase() AND engine != 'View'",
  );
  return Object.fromEntries(
    tables.map(({ name, engine_full: text }) => {
      const days = /TTL day \+ toIntervalDay\((\d+)\)/.exec(text)?.[1];
      return [name, days === undefined ? null : Number(days)];
    }),
  );
}

test('makes what is missing, and the second time nothing', async () => {
  expect(await migrate(connection)).toEqual(migrations.map(({ number }) => number));
  expect(await migrate(connection)).toEqual([]);
});

test('no table has statistics of its columns, which each query would read', async () => {
  await migrate(connection);
  expect(
    await rows(
      "SELECT DISTINCT table, statistics FROM system.columns WHERE database = currentDatabase() AND statistics != ''",
    ),
  ).toEqual([]);
});

test('figures live longer than traces; the positions of the sink stay', async () => {
  await migrate(connection, { traceTtlDays: 8, figureTtlDays: 91, hourTtlDays: 401, dayTtlDays: 1831 });
  expect(await daysKept()).toEqual({
    spans_data: 8,
    fragments_data: 8,
    resources_data: 8,
    edges_minute_data: 91,
    operations_minute_data: 91,
    kept_fragments: null,
    kept_resources: null,
    kept_spans: null,
    kept_traces: null,
    edges_hour_data: 401,
    operations_hour_data: 401,
    edges_day_data: 1831,
    operations_day_data: 1831,
    rollup_runs: 90,
    rollup_claims: 90,
    rollup_results: 401,
    audits: 90,
    sink_batches: null,
    migrations: null,
  });
});

test('another retention holds for what is stored already, and touches only the tables that it is for', async () => {
  await migrate(connection, { traceTtlDays: 8, figureTtlDays: 91 });
  const today = Math.floor(Date.now() / 86_400_000);
  const batch = batchOf({ stream: 's', partition: 0, a: 0, b: 1, appendTimeMs: today * 86_400_000 }, [[exampleSpan()]]);
  const store = openStore(connection);
  for (const table of ['spans', 'edges_minute'] as const) await store.insert(table, batch);
  await store.close();

  expect(await migrate(connection, { traceTtlDays: 30, figureTtlDays: 91 })).toEqual([]);

  expect(await daysKept()).toMatchObject({
    spans_data: 30,
    fragments_data: 30,
    resources_data: 30,
    edges_minute_data: 91,
  });
  const expiry = async (): Promise<Record<string, number>> => {
    const parts = await rows<{ table: string; day: number }>(
      `SELECT table, toUInt32(intDiv(toUnixTimestamp(delete_ttl_info_max), 86400)) AS day
       FROM system.parts WHERE active AND database = currentDatabase() AND endsWith(table, '_data')`,
    );
    return Object.fromEntries(parts.map((part) => [part.table, part.day - today]));
  };
  await until(async () => (await expiry())['spans_data'] === 30);
  expect(await expiry()).toEqual({ spans_data: 30, edges_minute_data: 91 });
  const changed = await rows<{ table: string }>(
    'SELECT DISTINCT table FROM system.mutations WHERE database = currentDatabase() ORDER BY table',
  );
  expect(changed.map((row) => row.table)).toEqual(['fragments_data', 'resources_data', 'spans_data']);
});

test('a retention beyond what dates can hold keeps rows, instead of dropping them', async () => {
  await migrate(connection, { traceTtlDays: 1_000_000 });
  expect((await daysKept())['spans_data']).toBe(36_500);
});
