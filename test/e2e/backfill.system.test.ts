import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { type Store, edgesByLevel, migrate, openStore, startEmbedded } from '@spanloom/store';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { cli, dataDir, spanloom } from '../harness/pipeline.ts';

const day = 86_400;
const days = 30;
const toSeconds = Math.floor(Date.now() / 1000 / day) * day;
const fromSeconds = toSeconds - days * day;

let folder: Awaited<ReturnType<typeof dataDir>>;

beforeAll(async () => {
  folder = await dataDir();
  await withStore(async (store, execute) => {
    // 20 lines in each minute's place of every hour: 14,400 lines of minutes.
    await execute(`INSERT INTO edges_minute_data (day, minute, client_service, server_service, kind, server_operation,
        calls, sampled_calls, changes, client_duration, server_duration)
      SELECT toDate(at), at, 'web', 'cart', 'rpc', concat('GET /', toString(number % 20)), 3, 3, 1,
        map(toInt16(600 + number % 50), toInt64(3)), map(toInt16(590 + number % 50), toInt64(3))
      FROM (SELECT number, toDateTime(${fromSeconds} + intDiv(number, 20) * 3600 + number % 60 * 60, 'UTC') AS at
        FROM numbers(${days * 24 * 20}))`);
    await store.record({
      id: { stream: 's', partition: 0, a: 0, b: 1, appendTimeMs: Date.now() },
      watermark: { offset: 1, streamTimeMs: Date.now() },
      fragments: 0,
      spans: 0,
      duplicateSpans: 0,
    });
  });
});

afterAll(() => folder.remove());

async function withStore<T>(use: (store: Store, execute: (sql: string) => Promise<void>) => Promise<T>): Promise<T> {
  const clock = { now: () => Date.now(), sleep: async (ms: number) => sleep(ms) };
  const engine = await startEmbedded({ dataDir: join(folder.path, 'clickhouse'), clock });
  const connection = { url: engine.url, password: engine.secret };
  await migrate(connection);
  const store = openStore(connection);
  const execute = async (sql: string): Promise<void> => {
    const headers = { 'x-clickhouse-user': 'default', 'x-clickhouse-key': engine.secret };
    const answer = await fetch(`${engine.url}/?database=spanloom`, { method: 'POST', headers, body: sql });
    expect(await answer.text()).toBe('');
  };
  try {
    return await use(store, execute);
  } finally {
    await store.close();
    await engine.close();
  }
}

const backfill = ['rollup', 'backfill', 'edges', '--from', 'now-31d', '--data-dir', '', '--rollup-interval', '1m'];

/** Runs the backfill until it says that it is that far, then `kill -9`. */
async function killedAt(percent: number): Promise<void> {
  const child = spawn(process.execPath, [cli, ...backfill], { stdio: ['ignore', 'ignore', 'pipe'] });
  const gone = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  let said = '';
  child.stderr.on('data', (data: Buffer) => {
    said += data.toString();
    if (Number(/ (\d+) % \(\d+ of \d+ windows\)\s*$/.exec(said)?.[1] ?? 0) >= percent) child.kill('SIGKILL');
  });
  expect(await gone, said).toBe('SIGKILL');
}

it('a backfill of 30 days shows how far it is, survives kill -9, and goes on where it was', async () => {
  backfill[6] = folder.path;
  await killedAt(20);
  await killedAt(20);
  const { code, stdout, stderr } = await spanloom(...backfill);
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('100 %') });
  const [, hours, rolledDays] = /^(\d+) hours and (\d+) days of edges rolled up/.exec(stdout) ?? [];
  expect(Number(hours)).toBeGreaterThan(0);
  expect(Number(hours)).toBeLessThan(0.8 * days * 24);
  expect(Number(rolledDays)).toBe(days);
  expect((await spanloom(...backfill)).stdout).toMatch(/^0 hours and 0 days/);

  const window = { fromMinute: fromSeconds / 60, toMinute: toSeconds / 60, byOperation: true };
  await withStore(async (store) => {
    const [fromDays, fromHours, fromMinutes] = await Promise.all(
      (['day', 'hour', 'minute'] as const).map((coarsest) => edgesByLevel(store.read, { ...window, coarsest })),
    );
    expect(fromDays?.levels).toEqual({ days, hours: 0, minutes: 0 });
    expect(fromHours?.levels).toEqual({ days: 0, hours: days * 24, minutes: 0 });
    expect(fromDays?.rows).toEqual(fromMinutes?.rows);
    expect(fromHours?.rows).toEqual(fromMinutes?.rows);
    expect(fromDays?.rows.reduce((sum, row) => sum + row.calls, 0)).toBe(days * 24 * 20 * 3);
  });
});
