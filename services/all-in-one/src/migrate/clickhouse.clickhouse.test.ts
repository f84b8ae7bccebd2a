import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Config, loadConfig, systemClock } from '@spanloom/runtime';
import { type EmbeddedEngine, checkSchema, startEmbedded } from '@spanloom/store';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { storeConnection, storeTables } from '@spanloom/ports';
import { clickhouseStep } from './clickhouse.ts';
import { migrate } from './command.ts';

let folder: string;
let engine: EmbeddedEngine;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spanloom-migrate-'));
  engine = await startEmbedded({ dataDir: join(folder, 'clickhouse'), clock: systemClock });
});

afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true });
});

function configOf(...more: string[]): Config {
  const loaded = loadConfig({
    argv: [`--clickhouse-url=${engine.url}`, '--clickhouse-password-file=x', ...more],
    env: {},
    readFile: () => engine.secret,
    platform: 'linux',
    homeDir: '/home/ada',
  });
  if (!loaded.ok) throw new Error(loaded.error.message);
  return loaded.value.config;
}

async function linesOf(config: Config): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of clickhouseStep(config).apply()) lines.push(line);
  return lines;
}

test('says what it makes and what was there, in the database with the prefix', async () => {
  const config = configOf('--prefix=team_', '--clickhouse-database=spans', '--trace-retention=2d');
  const first = await linesOf(config);
  expect(first[0]).toBe('database team_spans: made');
  expect(first).toContain('table spans_data: made');
  expect(first).toContain('view spans: made');
  expect(first).toContain('migration 1 (tables): made');
  const second = await linesOf(config);
  expect(second.filter((line) => !line.endsWith(': there'))).toEqual([]);
  await checkSchema(storeConnection(config), { ...storeTables(config), role: 'sink' });
  const longer = configOf('--prefix=team_', '--clickhouse-database=spans', '--trace-retention=3d');
  expect((await linesOf(longer)).filter((line) => line.endsWith(': changed'))).toContain(
    'retention of table spans_data: changed',
  );
  await checkSchema(storeConnection(longer), storeTables(longer));
});

test('a server that is not there or does not let us in is one clear line', async () => {
  await expect(migrate({ ...configOf(), clickhousePassword: 'guess' }, new Set())).rejects.toMatchObject({
    name: 'UserError',
    message: expect.stringContaining('clickhouse-password'),
    hint: expect.stringContaining('again'),
  });
  await expect(migrate({ ...configOf(), clickhouseUrl: 'http://127.0.0.1:9' }, new Set())).rejects.toMatchObject({
    name: 'UserError',
    message: expect.stringContaining('ECONNREFUSED'),
  });
});
