import type { Span } from '@spanloom/span';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { migrate, openStore } from '../index.ts';
import type { Store } from '../index.ts';
import { temporaryEngine } from '../testing/engine.ts';
import type { TemporaryEngine } from '../testing/engine.ts';
import { batchOf, exampleSpan } from '../testing/spans.ts';
import { runStatement } from '../testing/statement.ts';
import { hasPair, indexAttributeHashes, indexAttributeTokens } from './attribute-pairs.ts';

const id = { stream: 's', partition: 0, appendTimeMs: 1_764_000_010_000 };
let temporary: TemporaryEngine;
let store: Store;

beforeAll(async () => {
  temporary = await temporaryEngine();
  const connection = { url: temporary.engine.url, password: temporary.engine.secret };
  await migrate(connection, { traceTtlDays: 10_000, figureTtlDays: 10_000 });
  store = openStore(connection);
});
afterAll(async () => {
  await store.close();
  await temporary.remove();
});

function spanWith(trace: number, key: string, value: string): Span {
  const traceId = trace.toString(16).padStart(32, '0');
  return exampleSpan({ traceId, attributes: [{ key, value: { type: 'string', value } }] });
}

async function insert(at: number, spans: readonly Span[]): Promise<void> {
  const traces = spans.map((span) => [span]);
  await store.insert(
    'spans',
    batchOf({ ...id, a: at, b: at + 1 }, traces, { edges: new Map(), operations: new Map() }),
  );
}

const condition = hasPair('{key:String}', '{value:String}');

async function found(key: string, value: string): Promise<string[]> {
  const rows = await store.read.rows<{ id: string }>(
    `SELECT lower(hex(trace_id)) AS id FROM spans_data WHERE marker = '' AND ${condition} ORDER BY id`,
    { key, value },
  );
  return rows.map((row) => row.id.slice(-1));
}

test('spans are found by an attribute in parts with the index, without it, and in both at once', async () => {
  const long = 'x'.repeat(200);
  await insert(0, [spanWith(1, 'url.path', '/a'), spanWith(2, 'url.path', '/b'), spanWith(3, 'sql', `${long}1`)]);
  expect(await found('url.path', '/a')).toEqual(['1']);
  // A merge makes the index, an insert does not.
  const { url, secret } = temporary.engine;
  await runStatement({ url, password: secret }, 'OPTIMIZE TABLE spans_data FINAL');
  expect(await found('url.path', '/a')).toEqual(['1']);
  await insert(1, [spanWith(4, 'url.path', '/a'), spanWith(5, 'other', '/a'), spanWith(6, 'sql', `${long}2`)]);
  expect(await found('url.path', '/a')).toEqual(['1', '4']);
  expect(await found('url.path', '/b')).toEqual(['2']);
  expect(await found('sql', `${long}2`)).toEqual(['6']);
  expect(await found('url.path', '/c')).toEqual([]);
});

test('a database with an older index gets the new one for what it holds, and answers out of it', async () => {
  const { url, secret } = temporary.engine;
  const run = async (statement: string): Promise<void> => await runStatement({ url, password: secret }, statement);
  await insert(2, [spanWith(7, 'color', 'blue'), spanWith(8, 'color', 'red')]);
  await run('OPTIMIZE TABLE spans_data FINAL');
  await run('ALTER TABLE spans_data DROP INDEX attribute_tokens');
  for (const statement of indexAttributeHashes('spans_data')) await run(statement);
  expect(await found('color', 'blue')).toEqual(['7']);
  for (const statement of indexAttributeTokens('spans_data')) await run(statement);
  expect(await found('color', 'blue')).toEqual(['7']);
  await expect
    .poll(async () => await store.read.rows('SELECT command FROM system.mutations WHERE NOT is_done', {}), {
      timeout: 30_000,
    })
    .toEqual([]);
  expect(await found('color', 'blue')).toEqual(['7']);
  const plan = await store.read.rows<{ explain: string }>(
    `EXPLAIN indexes = 1 SELECT count() FROM spans_data WHERE marker = '' AND ${condition}`,
    { key: 'color', value: 'blue' },
  );
  expect(plan.map((row) => row.explain.trim())).toContain('Name: attribute_tokens');
  expect(plan.map((row) => row.explain.trim())).not.toContain('Name: attribute_hashes');
});
