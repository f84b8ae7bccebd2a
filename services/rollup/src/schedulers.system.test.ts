import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { edges, minuteChanges, rollupRuns, windowStates } from '@spanloom/store';
import { runNow } from './by-hand.ts';
import { folderOf, realClock, rollupOptions, startRig, testStore, until } from './testing/rig.ts';
import type { CallSketch, Rig, TestStore } from './testing/rig.ts';
import { checkFolder } from './users/scheduled.ts';

/** How long schedulers are killed; `npm run test:rollups -- --minutes 5` makes it longer. */
const chaosMs = Number(process.env['TEST_ROLLUP_SECONDS'] ?? 10) * 1000;
const hour = 3600;
const day = 86_400;
/** Two whole days and the hours of today that are over. */
const toSeconds = Math.floor(Date.now() / 1000 / hour) * hour;
const fromSeconds = Math.floor(toSeconds / day - 2) * day;
const program = fileURLToPath(new URL('../dist/testing/scheduler-process.js', import.meta.url));

let rig: Rig;
let test: TestStore;
let folder: Awaited<ReturnType<typeof folderOf>>;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  rig = await startRig();
  test = await testStore(rig);
  folder = await folderOf({
    'count.yaml': `name: count\nschedule: '@hourly'\nwindow: 1h\ntarget: { table: counted, retention: 400d }
sql: SELECT 1 AS one, {from:DateTime64(9)} AS began, {to:DateTime64(9)} AS ended\n`,
  });
});

afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  await folder.remove();
  await test.close();
  await rig.remove();
});

function startScheduler(): ChildProcess {
  const options = { connection: test.connection, folder: folder.path, intervalMs: 1000, runTimeoutMs: 5000 };
  const child = spawn(process.execPath, [program, JSON.stringify(options)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Kills and starts again, each scheduler for itself, until it is told to stop; answers how often. */
async function killAtRandom(stopped: AbortSignal): Promise<number> {
  let kills = 0;
  while (!stopped.aborted) {
    const child = startScheduler();
    await sleep(300 + Math.random() * 3000, undefined, { signal: stopped }).catch(() => undefined);
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    kills += 1;
  }
  return kills;
}

it(
  'schedulers that are killed at random leave every window right, and count none twice',
  { timeout: chaosMs + 400_000 },
  async () => {
    const { definitions, problems } = await checkFolder(
      rollupOptions(test, { config: { folder: folder.path, graceMs: 0 } }),
    );
    expect(problems).toEqual([]);
    const [count] = definitions;
    if (count === undefined) throw new Error('there is no rollup');
    // One window is done: those after it are to be made up.
    const firstWindow = { fromSeconds: toSeconds - 20 * hour, toSeconds: toSeconds - 19 * hour };
    const byHand = {
      store: test.store.rollups,
      clock: realClock,
      scheduler: 'test',
      runTimeoutMs: 60_000,
      watermarkMs: Date.now(),
    };
    await runNow(byHand, count, firstWindow);

    const ledger = new Map<number, number>();
    const call = (): CallSketch => {
      const minute = Math.floor(fromSeconds / 60 + Math.random() * ((toSeconds - fromSeconds) / 60));
      const calls = 1 + Math.floor(Math.random() * 9);
      const at = Math.floor(minute / 60) * hour;
      ledger.set(at, (ledger.get(at) ?? 0) + calls);
      return { minute, operation: `GET /${minute % 7}`, calls, bucket: 600 + (minute % 50) };
    };
    const now = (): number => Math.floor(Date.now() / 60_000);
    const put = async (calls: number): Promise<void> => {
      for (let i = 0; i < calls; i += 50) await test.put(Array.from({ length: Math.min(50, calls - i) }, call), now());
      await test.complete(Date.now());
    };
    const total = (): number => [...ledger.values()].reduce((sum, calls) => sum + calls, 0);
    const window = { fromMinute: fromSeconds / 60, toMinute: toSeconds / 60, byOperation: false };
    const stored = async (): Promise<number> =>
      (await edges(test.store.read, window)).reduce((sum, row) => sum + row.calls, 0);

    await put(600);
    const stop = new AbortController();
    const killers = [killAtRandom(stop.signal), killAtRandom(stop.signal)];
    const endMs = Date.now() + chaosMs;
    let asked = 0;
    while (Date.now() < endMs) {
      await put(2);
      // Whatever is rolled up at this moment, by whom, and however far: the answer is right.
      expect(await stored()).toBe(total());
      asked += 1;
    }
    stop.abort();
    const kills = (await Promise.all(killers)).reduce((sum, each) => sum + each, 0);
    await put(2);
    const last = [startScheduler(), startScheduler()];

    const right = async (name: 'edges' | 'operations'): Promise<boolean> => {
      const changes = await minuteChanges(test.store.read, name, [fromSeconds, toSeconds]);
      const hours = await windowStates(test.store.read, name, 'hour', [fromSeconds, toSeconds]);
      const days = await windowStates(test.store.read, name, 'day', [fromSeconds, toSeconds]);
      const ofDay = (at: number): number =>
        [...changes].reduce((sum, [of, each]) => (Math.floor(of / day) * day === at ? sum + each : sum), 0);
      return (
        hours.length === changes.size &&
        hours.every((state) => state.changes === changes.get(state.atSeconds)) &&
        // Today is one more, if midnight passes meanwhile.
        days.length >= 2 &&
        days.every((state) => state.changes === ofDay(state.atSeconds))
      );
    };
    await until(async () => (await right('edges')) && (await right('operations')), 150_000);
    const isCounted = async (): Promise<boolean> =>
      (await rollupRuns(test.store.read, { limit: 1000, name: 'count', status: 'done' })).length >= 20;
    await until(isCounted, 150_000);
    for (const child of last) child.kill('SIGKILL');

    for (const view of ['edges_hour', 'operations_hour']) {
      const rows = await test.store.read.rows<{ at: number; calls: string }>(
        `SELECT toUnixTimestamp(hour) AS at, sum(calls) AS calls FROM ${view} GROUP BY hour ORDER BY hour`,
        {},
      );
      expect(new Map(rows.map((row) => [row.at, Number(row.calls)]))).toEqual(
        new Map([...ledger].toSorted(([a], [b]) => a - b)),
      );
    }
    expect(await stored()).toBe(total());
    const counted = await test.store.read.rows<{ windows: string; n: string; whole: string }>(
      'SELECT uniq(window_from) AS windows, count() AS n, countIf(ended - began = 3600) AS whole FROM counted',
      {},
    );
    // An hour may have ended meanwhile.
    const [windows = 0] = counted.map((row) => Number(row.windows));
    expect(windows).toBeGreaterThanOrEqual(20);
    expect(counted).toEqual([{ windows: String(windows), n: String(windows), whole: String(windows) }]);
    expect(kills).toBeGreaterThan(1);
    console.log(`${kills} kills, ${asked} answers, ${total()} calls, every one right`);
  },
);
