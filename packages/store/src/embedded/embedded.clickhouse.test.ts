import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';
import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { realClock, temporaryEngine, until } from '../testing/engine.ts';
import type { TemporaryEngine } from '../testing/engine.ts';
import { startEmbedded } from './start.ts';

let temporary: TemporaryEngine;
let client: ClickHouseClient;
const restarts: number[] = [];
const log = { level: ClickHouseLogLevel.OFF };

beforeAll(async () => {
  temporary = await temporaryEngine({ onRestart: (event) => restarts.push(event.restarts) });
  client = createClient({
    url: temporary.engine.url,
    password: temporary.engine.secret,
    request_timeout: 20_000,
    log,
  });
  await client.command({ query: 'CREATE DATABASE test' });
  await client.command({
    query: `CREATE TABLE test.lines (id Int64, text String) ENGINE = MergeTree ORDER BY id
            SETTINGS non_replicated_deduplication_window = 100, fsync_after_insert = 1`,
  });
});

afterAll(async () => {
  await client.close();
  await temporary.remove();
});

async function count(): Promise<number> {
  const result = await client.query({
    query: 'SELECT count() AS n FROM test.lines',
    format: 'JSONEachRow',
  });
  const [row] = await result.json<{ n: string }>();
  return Number(row?.n);
}

test('answers pings and has a version', async () => {
  expect((await client.ping()).success).toBe(true);
  expect(temporary.engine.version).toMatch(/^\d+\.\d+/);
});

test('refuses a wrong secret with a typed error', async () => {
  const stranger = createClient({ url: temporary.engine.url, password: 'guess', log });
  await expect(stranger.query({ query: 'SELECT 1' })).rejects.toMatchObject({ code: '516' });
  await stranger.close();
});

test('binds parameters, whatever they hold', async () => {
  const text = `a'b\\c\n\n; DROP TABLE test.lines;\t{x:String} ü`;
  const result = await client.query({
    query: 'SELECT {text:String} AS text, {list:Array(String)} AS list, {big:UInt64} AS big',
    query_params: { text, list: [text, ''], big: 18446744073709551615n },
    format: 'JSONEachRow',
    clickhouse_settings: { output_format_json_quote_64bit_integers: 1 },
  });
  expect(await result.json()).toEqual([{ text, list: [text, ''], big: '18446744073709551615' }]);
});

test('errors of the engine are typed and carry their code', async () => {
  await expect(client.query({ query: 'SELECT * FROM test.nowhere' })).rejects.toMatchObject({
    code: '60',
    type: 'UNKNOWN_TABLE',
  });
});

test('a blank line in the data of an insert is data', async () => {
  await client.command({ query: 'TRUNCATE TABLE test.lines' });
  const text = 'one\n\nCREATE TABLE test.injected (x Int8) ENGINE = Memory;\n\nthree';
  await client.insert({ table: 'test.lines', values: [{ id: 1, text }], format: 'JSONEachRow' });
  // RowBinary: id 2570 is 0A 0A in little endian.
  const row = Buffer.concat([Buffer.from([0x0a, 0x0a, 0, 0, 0, 0, 0, 0, 4]), Buffer.from('\n\n\n\n')]);
  const inserted = await client.exec({
    query: 'INSERT INTO test.lines FORMAT RowBinary',
    values: Readable.from([row]),
  });
  inserted.stream.resume();
  const result = await client.query({
    query: 'SELECT id, text FROM test.lines ORDER BY id',
    format: 'JSONEachRow',
  });
  expect(await result.json()).toEqual([
    { id: 1, text },
    { id: 2570, text: '\n\n\n\n' },
  ]);
  const injected = await client.query({
    query: "SELECT name FROM system.tables WHERE name = 'injected'",
    format: 'JSONEachRow',
  });
  expect(await injected.json()).toEqual([]);
});

test('a token counts once, and does not stay behind for the next insert', async () => {
  await client.command({ query: 'TRUNCATE TABLE test.lines' });
  const insert = (id: number, token?: string): Promise<unknown> =>
    client.insert({
      table: 'test.lines',
      values: [{ id, text: '' }],
      format: 'JSONEachRow',
      clickhouse_settings: {
        async_insert: 0,
        ...(token === undefined ? {} : { insert_deduplicate: 1 as const, insert_deduplication_token: token }),
      },
    });
  await insert(1, 'a');
  await insert(1, 'a');
  await insert(2);
  await insert(3);
  await insert(4, 'b');
  expect(await count()).toBe(4);
});

test('reads whose callers have gone are ended, or never begun, and the engine goes on', async () => {
  const running = async (): Promise<number> => {
    const query = `SELECT 1 FROM system.processes WHERE query LIKE '%1e15%' AND query NOT LIKE '%system.processes%'`;
    return (await (await client.query({ query, format: 'JSONEachRow' })).json()).length;
  };
  const gone = new AbortController();
  const endlessly = async (): Promise<unknown> =>
    await client.query({
      query: 'SELECT count() FROM numbers(1e15) WHERE cityHash64(number) = 1',
      abort_signal: gone.signal,
      clickhouse_settings: {
        max_execution_time: 60,
        readonly: '2',
        cancel_http_readonly_queries_on_client_close: 1,
      },
    });
  const reads = [endlessly(), endlessly(), endlessly()];
  await until(async () => (await running()) === 3);
  // The second and the third find no place.
  reads.push(endlessly(), endlessly(), endlessly());
  gone.abort();
  const outcomes = await Promise.allSettled(reads);
  expect(outcomes.map(({ status }) => status)).toEqual(reads.map(() => 'rejected'));
  await until(async () => (await running()) === 0);
  await client.command({ query: 'TRUNCATE TABLE test.lines' });
  expect(await count()).toBe(0);
});

test('reads that follow one another know nothing of each other, after failures neither', async () => {
  const reads = { readonly: '2', cancel_http_readonly_queries_on_client_close: 1 } as const;
  const ask = async (query: string, text?: string, more: ClickHouseSettings = {}): Promise<unknown[]> => {
    const result = await client.query({
      query,
      format: 'JSONEachRow',
      clickhouse_settings: { ...reads, ...more },
      ...(text === undefined ? {} : { query_params: { text } }),
    });
    return await result.json();
  };
  const texts = Array.from({ length: 12 }, (_, at) => `text ${at}`);
  for (let round = 0; round < 2; round++) {
    const answers = await Promise.all(texts.map((text) => ask('SELECT {text:String} AS text', text)));
    expect(answers).toEqual(texts.map((text) => [{ text }]));
  }
  // Neither a parameter nor a setting is there for who did not give it.
  await expect(ask('SELECT {text:String} AS text')).rejects.toThrow(/text/);
  const two = 'SELECT number FROM numbers(2)';
  const oneRow = { max_result_rows: '1' };
  for (let round = 0; round < 2; round++) {
    await expect(ask(two, undefined, oneRow)).rejects.toMatchObject({ code: '396' });
    expect(await ask(two)).toHaveLength(2);
  }
  await client.command({ query: 'SET max_result_rows = 1', clickhouse_settings: reads });
  expect(await ask(two)).toHaveLength(2);
});

test('bodies of many megabytes pass', async () => {
  await client.command({ query: 'TRUNCATE TABLE test.lines' });
  const text = 'x'.repeat(1000);
  const values = Array.from({ length: 30_000 }, (_, id) => ({ id, text }));
  await client.insert({ table: 'test.lines', values, format: 'JSONEachRow' });
  expect(await count()).toBe(30_000);
});

test('killed in mid-insert it comes back at the same address, and a repeat with the token counts once', async () => {
  await client.command({ query: 'TRUNCATE TABLE test.lines' });
  const insert = (): Promise<unknown> =>
    client.insert({
      table: 'test.lines',
      values: Array.from({ length: 20_000 }, (_, id) => ({ id, text: 'y'.repeat(500) })),
      format: 'JSONEachRow',
      clickhouse_settings: {
        insert_deduplicate: 1,
        insert_deduplication_token: 'killed',
        async_insert: 0,
        max_insert_block_size: '1000000',
      },
    });
  const url = temporary.engine.url;
  const pid = temporary.engine.pid();
  if (pid === null) throw new Error('the engine is down');
  const interrupted = insert();
  setTimeout(() => process.kill(pid, 'SIGKILL'), 60);
  await interrupted.catch(() => {});
  await until(async () => (await client.ping()).success && temporary.engine.pid() !== pid);
  await insert();
  await insert();
  expect(await count()).toBe(20_000);
  expect(temporary.engine.url).toBe(url);
  expect(restarts).toEqual([1]);
});

test('a second engine on the same folder is refused', async () => {
  let now = 0;
  const hurried = { now: () => (now += 20_000), sleep: () => Promise.resolve() };
  await expect(startEmbedded({ dataDir: temporary.dataDir, clock: hurried })).rejects.toThrow(
    /another process uses it/,
  );
});

test('the engine ends with the process that started it', async () => {
  const script = `
    import { fork } from 'node:child_process';
    import { createRequire } from 'node:module';
    const child = fork(createRequire(import.meta.url).resolve('@spanloom/store/embedded-server'), [], { execArgv: [] });
    process.send(child.pid);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const pid = await new Promise<number>((resolve) => parent.once('message', (message) => resolve(message as number)));
  parent.kill('SIGKILL');
  await until(() => !alive(pid));
});

test('stopped and started again, it has what it had', async () => {
  const first = await temporaryEngine();
  const before = createClient({ url: first.engine.url, password: first.engine.secret });
  await before.command({ query: 'CREATE TABLE kept (x Int8) ENGINE = MergeTree ORDER BY x' });
  await before.insert({ table: 'kept', values: [{ x: 7 }], format: 'JSONEachRow' });
  await before.close();
  await first.engine.close();
  const again = await startEmbedded({ dataDir: first.dataDir, clock: realClock });
  const after = createClient({ url: again.url, password: again.secret });
  const result = await after.query({ query: 'SELECT x FROM kept', format: 'JSONEachRow' });
  expect(await result.json()).toEqual([{ x: 7 }]);
  await after.close();
  await again.close();
  await first.remove();
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
