import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { edgesByLevel, rollupRuns } from '@spanloom/store';
import { rollupOptions, startRig, testObserver, testStore } from '../testing/rig.ts';
import type { Rig, TestStore } from '../testing/rig.ts';
import { createLevelWork } from './scheduled.ts';

const day = 86_400_000;
const hour = 3_600_000;
/** Midnight in UTC, some days ago: runs are not kept for ever. */
const midnight = Math.floor(Date.now() / day) * day - 20 * day;
const minute = midnight / 60_000;
const never = new AbortController().signal;
let rig: Rig;
let test: TestStore;

beforeAll(async () => {
  rig = await startRig();
});
afterAll(async () => {
  await rig.remove();
});
beforeEach(async () => {
  test = await testStore(rig);
});
afterEach(async () => {
  await test.close();
});

/** A scheduler whose clock is where the figures are complete. */
function scheduler(config: Parameters<typeof rollupOptions>[1] = {}) {
  let nowMs = midnight;
  const { told, observer } = testObserver();
  const clock = { now: () => nowMs, sleep: async () => undefined };
  const work = createLevelWork(rollupOptions(test, { ...config, clock, observer }), 'scheduler');
  return {
    told,
    async at(ms: number): Promise<string[]> {
      nowMs = ms;
      await test.complete(ms);
      const before = told.runs.length;
      await work(never);
      return told.runs.slice(before).map((run) => `${run.name} ${(run.fromSeconds * 1000 - midnight) / hour}`);
    },
  };
}

async function answer(days = 1): Promise<object> {
  const window = { fromMinute: minute, toMinute: minute + days * 1440, byOperation: true };
  const { rows, levels } = await edgesByLevel(test.store.read, window);
  return { rows: rows.map((row) => `${row.operation} ${row.calls}`), levels };
}

describe('a window', () => {
  it('is rolled up once the figures are complete ten minutes beyond its end', async () => {
    await test.put([{ minute: minute + 5, calls: 3 }], minute + 5);
    const { at } = scheduler();
    expect(await at(midnight + hour + 599_999)).toEqual([]);
    expect(await at(midnight + hour + 660_000)).toEqual(['edges-hour 0', 'operations-hour 0']);
    expect(await at(midnight + hour + 720_000)).toEqual([]);
    expect(await at(midnight + day + 600_000)).toEqual(['edges-day 0', 'operations-day 0']);
    expect(await answer()).toEqual({ rows: ['GET /cart 3'], levels: { days: 1, hours: 0, minutes: 0 } });
    expect(await rollupRuns(test.store.read, { limit: 9, name: 'edges-day' })).toMatchObject([
      { status: 'done', rows: 1, attempt: 1, watermarkMs: midnight + day + 600_000, scheduler: 'scheduler' },
    ]);
  });

  it('follows a late span by itself: the hour, and with it the day, at the next pass', async () => {
    await test.put([{ minute: minute + 5, calls: 3 }], minute + 5);
    const { at } = scheduler();
    await at(midnight + day + 2 * hour);
    await test.put(
      [
        { minute: minute + 5, calls: -3 },
        { minute: minute + 5, operation: 'GET /late', calls: 4 },
      ],
      minute + 1600,
    );
    expect(await at(midnight + day + 2 * hour + 60_000)).toEqual([
      'edges-hour 0',
      'edges-day 0',
      'operations-hour 0',
      'operations-day 0',
    ]);
    expect(await answer()).toEqual({ rows: ['GET /late 4'], levels: { days: 1, hours: 0, minutes: 0 } });
  });

  it('is sealed a week later, and believed when its minutes are gone', async () => {
    await test.put([{ minute: minute + 5, calls: 3 }], minute + 5);
    const { at } = scheduler();
    await at(midnight + day + 2 * hour);
    await at(midnight + 8 * day + 3 * hour);
    expect(await at(midnight + 8 * day + 4 * hour)).toEqual([]);
    await test.store.read.bytes('SELECT 1', 'RowBinary', {});
    const client = { url: test.connection.url, key: test.connection.password };
    for (const name of ['edges', 'operations']) {
      const response = await fetch(client.url, {
        method: 'POST',
        headers: { 'x-clickhouse-user': 'default', 'x-clickhouse-key': client.key },
        body: `TRUNCATE TABLE ${test.connection.database}.${name}_minute_data`,
      });
      expect(await response.text()).toBe('');
    }
    expect(await answer()).toEqual({ rows: ['GET /cart 3'], levels: { days: 1, hours: 0, minutes: 0 } });
    expect(await at(midnight + 9 * day)).toEqual([]);
  });

  it('is never rolled up once its minutes may be gone in part', async () => {
    await test.put([{ minute: minute + 5, calls: 3 }], minute + 5);
    const { at, told } = scheduler({ config: { minuteRetentionMs: 5 * day } });
    expect(await at(midnight + 4 * day - hour)).toEqual([]);
    expect(told.waiting.get('edges-hour')).toBeNull();
    const other = scheduler({ config: { minuteRetentionMs: 5 * day } });
    expect(await other.at(midnight + 4 * day - 2 * hour - 60_000)).toEqual([
      'edges-hour 0',
      'edges-day 0',
      'operations-hour 0',
      'operations-day 0',
    ]);
  });

  it('of a time when nobody was there is found', async () => {
    await test.put([{ minute: minute + 5, calls: 3 }], minute + 5);
    await test.put([{ minute: minute + 10 * 1440, calls: 1 }], minute + 10 * 1440);
    const { at } = scheduler();
    expect(await at(midnight + 12 * day)).toEqual([
      'edges-hour 240',
      'edges-hour 0',
      'edges-day 240',
      'edges-day 0',
      'operations-hour 240',
      'operations-hour 0',
      'operations-day 240',
      'operations-day 0',
    ]);
  });
});

describe('schedulers', () => {
  it('take turns: one of them passes, and nobody before anything was stored', async () => {
    const { observer, told } = testObserver();
    const clock = { now: () => midnight + 2 * hour, sleep: async () => undefined };
    const works = ['a', 'b', 'c'].map((name) => createLevelWork(rollupOptions(test, { clock, observer }), name));
    await Promise.all(works.map((work) => work(never)));
    expect(told).toMatchObject({ passes: 3, runs: [] });
    await test.put([{ minute, calls: 1 }], minute);
    await test.complete(midnight + 2 * hour);
    const later = { now: () => midnight + 2 * hour + 60_000, sleep: async () => undefined };
    const next = ['a', 'b', 'c'].map((name) => createLevelWork(rollupOptions(test, { clock: later, observer }), name));
    await Promise.all(next.map((work) => work(never)));
    expect(told.runs.map((run) => run.name)).toEqual(['edges-hour', 'operations-hour']);
  });
});
