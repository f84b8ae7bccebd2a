import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { rollupResults, rollupRuns } from '@spanloom/store';
import { backfillRollup } from '../backfill.ts';
import { dryRun, newestWindow, runNow } from '../by-hand.ts';
import type { ByHandOptions } from '../by-hand.ts';
import type { CheckedDefinition } from '../definition/check.ts';
import { problemText } from '../definition/problem.ts';
import { shippedFolder } from '../shipped.ts';
import { passLevels } from '../levels/pass.ts';
import { folderOf, realClock, rollupOptions, startRig, testObserver, testStore } from '../testing/rig.ts';
import type { Rig, TestStore } from '../testing/rig.ts';
import { checkFolder, createUserWork } from './scheduled.ts';

const weekMs = 7 * 86_400_000;
/** A Monday some weeks ago, midnight in UTC: runs are not kept for ever. */
const monday = Math.floor(Date.now() / weekMs - 3) * weekMs + 4 * 86_400_000;
const iso = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');
const minute = monday / 60_000;
const never = new AbortController().signal;
let rig: Rig;
let test: TestStore;
const cleanups: (() => Promise<void>)[] = [];

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
  for (const cleanup of cleanups.splice(0)) await cleanup();
  await test.close();
});

async function folder(files: Readonly<Record<string, string>>): Promise<string> {
  const made = await folderOf(files);
  cleanups.push(() => made.remove());
  return made.path;
}

const countCalls = `SELECT service, sum(calls) AS calls FROM operations_minute
  WHERE minute >= {from:DateTime64(9)} AND minute < {to:DateTime64(9)} GROUP BY service ORDER BY service`;

function yaml(change: Readonly<Record<string, string | null>> = {}): string {
  const fields = { name: 'calls', schedule: "'5 * * * *'", window: '1h', sql: `|\n  ${countCalls}`, ...change };
  return Object.entries(fields)
    .flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}\n`]))
    .join('');
}

async function problemsOf(files: Readonly<Record<string, string>>): Promise<string[]> {
  const options = rollupOptions(test, { config: { folder: await folder(files) } });
  return (await checkFolder(options)).problems.map(problemText);
}

async function only(files: Readonly<Record<string, string>>): Promise<CheckedDefinition> {
  const options = rollupOptions(test, { config: { folder: await folder(files) } });
  const { definitions, problems } = await checkFolder(options);
  expect(problems).toEqual([]);
  const [definition] = definitions;
  if (definition === undefined) throw new Error('there is no rollup');
  return definition;
}

function byHand(watermarkMs: number, scheduler = 'person'): ByHandOptions {
  return { store: test.store.rollups, clock: realClock, scheduler, runTimeoutMs: 60_000, watermarkMs };
}

describe('a bad file', () => {
  it('is refused with its line and the reason, and stops no other', async () => {
    const files = {
      'a.yaml': 'name: a\nschedule: [1\n',
      'b.yaml': yaml({ name: 'B', schedule: "'61 * * * *'", window: '5y', delay: '1m', owner: 'me' }),
      'c.yaml': yaml({ name: 'c', timezone: 'Mars/Base', sql: null }),
      'd.yaml': yaml({ name: 'd', sql: '|\n  SELECT 1;\n  DROP TABLE spans_data' }),
      'e.yaml': yaml({ name: 'e', sql: '|\n  SELECT {from:DateTime64(9)},\n    {until:DateTime64(9)}' }),
      'f.yaml': yaml({ name: 'f', target: '{ table: Drop It, retention: soon }' }),
      'g.yaml': yaml(),
      'h.yaml': yaml(),
      'i.yaml': '- 1\n',
      'k.yaml': yaml({ name: 'edges-hour' }),
      'notes.txt': 'not a rollup',
    };
    const options = rollupOptions(test, { config: { folder: await folder(files) } });
    const { definitions, problems } = await checkFolder(options);
    expect(definitions.map((definition) => definition.name)).toEqual(['calls']);
    expect(problems.map(problemText)).toEqual([
      expect.stringMatching(/^a\.yaml:\d: not YAML: /),
      'b.yaml:8: there is no setting owner: name, description, schedule, timezone, window, delay, sql, target are known',
      'b.yaml:1: B is no name: small letters, digits and dashes, a letter first',
      'b.yaml:2: 61 * * * * is no schedule: Invalid value for minute: 61',
      'b.yaml:3: 5y is no window: write 15m, 1h, 1d or 1w, at most 31 days',
      expect.stringMatching(
        /^b\.yaml:\d: with a delay of 1m the window would overlap the open end: figures are final 10 min/,
      ),
      'c.yaml:4: there is no time zone Mars/Base: use a name such as Europe/Berlin',
      'c.yaml:1: there is no sql',
      expect.stringMatching(/^d\.yaml:5: the SQL does not use from/),
      expect.stringMatching(/^e\.yaml:6: there is no parameter until: the window is bound as \{from:DateTime64\(9\)\}/),
      expect.stringMatching(/^f\.yaml:\d: Drop It is no name of a table/),
      expect.stringMatching(/^f\.yaml:\d: soon is no retention: write whole days/),
      'h.yaml:1: calls is the name of the rollup in g.yaml, too',
      'i.yaml:1: a rollup is a list of settings, such as name: slow-edges',
      "k.yaml:1: edges-hour is a rollup of Spanloom's own: choose another name",
    ]);
  });

  it('has its SQL held against ClickHouse, and the line named where it goes wrong', async () => {
    const window = 'minute >= {from:DateTime64(9)}\n    AND minute < {to:DateTime64(9)}';
    const problems = await problemsOf({
      'a.yaml': yaml({
        name: 'a',
        sql: `|\n  SELECT sum(calls)\n  FROM edges_minute\n  WHERE ${window}\n    AND nothing = 1`,
      }),
      'b.yaml': yaml({ name: 'b', sql: `|\n  SELECT sum(calls)\n  FROM no_such_table\n  WHERE ${window}` }),
      'c.yaml': yaml({ name: 'c', sql: `|\n  SELECT sum(calls)\n  FROM edges_minute\n  WHERE AND ${window}` }),
      'd.yaml': yaml({ name: 'd', sql: `|\n  SELECT sum(calls) FROM edges_minute WHERE ${window} ; DROP TABLE x` }),
      'e.yaml': yaml({ name: 'e', sql: `|\n  SELECT (1 FROM edges_minute WHERE ${window}` }),
      'f.yaml': yaml({
        name: 'f',
        sql: `|\n  SELECT minute AS row\n  FROM edges_minute WHERE ${window}`,
        target: '{ table: t, retention: 5d }',
      }),
    });
    expect(problems).toEqual([
      expect.stringMatching(/^d\.yaml:6: one SELECT, without a semicolon$/),
      expect.stringMatching(/^e\.yaml:5: a parenthesis is not closed$/),
      expect.stringMatching(/^a\.yaml:9: the SQL: .*`nothing`/),
      expect.stringMatching(/^b\.yaml:6: the SQL: .*no_such_table/),
      expect.stringMatching(/^c\.yaml:7: the SQL: Syntax error/),
      expect.stringMatching(/^f\.yaml:8: a target table has a column row of its own/),
    ]);
  });

  it('names a folder that is not there', async () => {
    const { problems } = await checkFolder(rollupOptions(test, { config: { folder: '/no/such/folder' } }));
    expect(problems.map(problemText)).toEqual([expect.stringMatching(/^\/no\/such\/folder:1: ENOENT/)]);
  });
});

describe('a target table', () => {
  const target = '{ table: calls_by_hour, retention: 400d }';

  it('of another shape is refused, with what differs', async () => {
    await test.put([{ minute, calls: 3 }], minute);
    const definition = await only({ 'a.yaml': yaml({ target }) });
    await runNow(byHand(monday + 86_400_000), definition, {
      fromSeconds: monday / 1000,
      toSeconds: monday / 1000 + 3600,
    });
    const other = yaml({ target, sql: `|\n  ${countCalls.replace('service,', 'service, sum(errors) AS errors,')}` });
    expect(await problemsOf({ 'a.yaml': other })).toEqual([
      'a.yaml:7: calls_by_hour has another shape: the SQL gives errors Int64',
    ]);
    expect(await problemsOf({ 'a.yaml': yaml({ target: '{ table: edges_minute, retention: 1d }' }) })).toEqual([
      'a.yaml:7: edges_minute is there already, and no rollup made it',
    ]);
  });

  it('holds each window once, whatever is repeated, and what a repeat gives', async () => {
    await test.put(
      [
        { minute, calls: 3 },
        { minute: minute + 1, service: 'orders', calls: 4 },
      ],
      minute + 60,
    );
    const definition = await only({ 'a.yaml': yaml({ target }) });
    const window = { fromSeconds: monday / 1000, toSeconds: monday / 1000 + 3600 };
    const rows = async (): Promise<object[]> =>
      await test.store.read.rows(
        'SELECT toString(window_from) AS at, service, calls FROM calls_by_hour ORDER BY service',
        {},
      );
    const first = await runNow(byHand(monday + 86_400_000), definition, window);
    expect(first).toMatchObject({ ok: true, value: { status: 'done', rows: 2, attempt: 1 } });
    expect(await rows()).toEqual([
      { at: iso(monday).slice(0, 19).replace('T', ' '), service: 'cart', calls: '3' },
      { at: iso(monday).slice(0, 19).replace('T', ' '), service: 'orders', calls: '4' },
    ]);
    await test.put(
      [
        { minute, calls: -3 },
        { minute, service: 'orders', calls: 1 },
      ],
      minute + 61,
    );
    expect(await runNow(byHand(monday + 86_400_000), definition, window)).toMatchObject({
      value: { rows: 1, attempt: 2 },
    });
    expect(await rows()).toEqual([{ at: iso(monday).slice(0, 19).replace('T', ' '), service: 'orders', calls: '5' }]);
    // What a run that was thought dead writes late does not count.
    await test.store.rollups.runIntoTarget({
      sql: definition.sql,
      target: definition.target ?? { table: '', columns: [], retentionDays: 1 },
      window: { name: 'calls', ...window },
      version: 1,
      maxExecutionSeconds: 60,
    });
    expect(await rows()).toHaveLength(1);
  });
});

describe('a window', () => {
  it('that overlaps the open end is refused, in a dry run and otherwise', async () => {
    await test.put([{ minute, calls: 3 }], minute);
    const definition = await only({ 'a.yaml': yaml() });
    const window = { fromSeconds: monday / 1000, toSeconds: monday / 1000 + 3600 };
    const refused = {
      ok: false,
      error: `a.yaml:1: the window to ${iso(monday + 3_600_000)} overlaps the open end: it is final once figures are complete to ${iso(monday + 4_200_000)}; now they are to ${iso(monday + 4_199_000)}`,
    };
    const early = byHand(monday + 4_199_000);
    expect(await dryRun(early, definition, window)).toEqual(refused);
    expect(await runNow(early, definition, window)).toEqual(refused);
    expect(newestWindow(definition, monday + 4_199_000)).toEqual({
      fromSeconds: monday / 1000 - 3600,
      toSeconds: monday / 1000,
    });
    expect(await dryRun(byHand(monday + 4_200_000), definition, window)).toEqual({
      ok: true,
      value: [{ service: 'cart', calls: 3 }],
    });
    expect(await rollupRuns(test.store.read, { limit: 10 })).toEqual([]);
  });

  it('is run once, by however many schedulers, and what was missed is made up', async () => {
    await test.put(
      [
        { minute, calls: 3 },
        { minute: minute + 360, calls: 5 },
      ],
      minute + 360,
    );
    await test.complete(monday + 13 * 3_600_000);
    const path = await folder({ 'a.yaml': yaml({ window: '6h', schedule: "'5 */6 * * *'" }) });
    let nowMs = monday + 3_600_000;
    const clock = { now: () => nowMs, sleep: async () => undefined };
    const schedulers = Array.from({ length: 5 }, (_, i) => {
      const { told, observer } = testObserver();
      const options = rollupOptions(test, { clock, observer, config: { folder: path } });
      return { told, work: createUserWork(options, `scheduler-${i}`) };
    });
    // A new rollup begins with its newest window.
    await Promise.all(schedulers.map(({ work }) => work(never)));
    expect(await rollupRuns(test.store.read, { limit: 1000 })).toMatchObject([{ toSeconds: monday / 1000 }]);
    nowMs = monday + 13 * 3_600_000;
    await Promise.all(schedulers.map(({ work }) => work(never)));
    await Promise.all(schedulers.map(({ work }) => work(never)));
    const runs = (await rollupRuns(test.store.read, { limit: 1000 })).filter((run) => run.fromSeconds * 1000 >= monday);
    expect(
      runs.map((run) => [run.fromSeconds - monday / 1000, run.status, run.rows, run.attempt]).toReversed(),
    ).toEqual([
      [0, 'done', 1, 1],
      [21_600, 'done', 1, 1],
    ]);
    const ran = schedulers.flatMap(({ told }) => told.runs).filter((run) => run.fromSeconds * 1000 >= monday);
    expect(ran).toHaveLength(2);
    const [newest] = await rollupResults(test.store.read, { name: 'calls', windows: 1 });
    expect(newest).toEqual({
      fromSeconds: monday / 1000 + 21_600,
      toSeconds: monday / 1000 + 43_200,
      lines: [{ service: 'cart', calls: 5 }],
    });
  });

  it('that was cut off again and again is still run, and held by one at a time', async () => {
    const window = { name: 'calls', fromSeconds: monday / 1000, toSeconds: monday / 1000 + 3600 };
    const claim = (owner: string, leaseMs: number): Promise<number | null> =>
      test.store.rollups.claim({ window, owner, leaseMs, maxFailures: 2, again: false, nowMs: Date.now() });
    for (let term = 1; term <= 4; term += 1) {
      expect(await claim(`killed-${term}`, 1)).toBe(term);
      await sleep(10);
    }
    expect(await Promise.all(['a', 'b', 'c'].map((owner) => claim(owner, 60_000)))).toContain(5);
    expect(await claim('d', 60_000)).toBeNull();
  });

  it('that fails is tried five times, tells why, and keeps nobody else from running', async () => {
    await test.complete(monday + 7_200_000);
    const failing = 'SELECT throwIf({to:DateTime64(9)} > {from:DateTime64(9)}, $$no luck$$) AS x';
    const path = await folder({
      'a.yaml': yaml({ name: 'bad', window: '1d', schedule: "'@daily'", sql: `|\n  ${failing.replaceAll('$$', "'")}` }),
      'b.yaml': yaml({ name: 'good', window: '1d', schedule: "'@daily'" }),
    });
    const clock = { now: () => monday + 7_200_000, sleep: async () => undefined };
    const { told, observer } = testObserver();
    const work = createUserWork(rollupOptions(test, { clock, observer, config: { folder: path } }), 's');
    for (let i = 0; i < 7; i += 1) await work(never);
    const bad = (await rollupRuns(test.store.read, { limit: 1000, status: 'failed' })).filter(
      (r) => r.toSeconds * 1000 === monday,
    );
    expect(bad.map((run) => [run.name, run.attempt, run.error])).toEqual(
      [5, 4, 3, 2, 1].map((attempt) => ['bad', attempt, expect.stringContaining('no luck')]),
    );
    expect(told.waiting.get('bad')).toEqual(expect.any(Number));
    expect(told.waiting.get('good')).toBeNull();
    expect(await rollupRuns(test.store.read, { limit: 10, name: 'good' })).toMatchObject([{ status: 'done' }]);
  });
});

describe('a backfill', () => {
  it('runs what is not done, goes on where it was, and anew where it is told to', async () => {
    await test.put([{ minute, calls: 3 }], minute);
    const definition = await only({ 'a.yaml': yaml({ target: '{ table: filled, retention: 400d }' }) });
    const progress: string[] = [];
    const options = {
      ...byHand(monday + 86_400_000),
      fromSeconds: monday / 1000 - 7200,
      toSeconds: monday / 1000 + 7200,
      onProgress: (done: number, all: number) => void progress.push(`${done}/${all}`),
    };
    await runNow(options, definition, { fromSeconds: monday / 1000, toSeconds: monday / 1000 + 3600 });
    expect(await backfillRollup(options, definition, false)).toMatchObject({ runs: [{}, {}, {}], passedOver: 1 });
    expect(progress).toEqual(['0/4', '1/4', '2/4', '3/4', '4/4']);
    expect(await backfillRollup(options, definition, false)).toEqual({ runs: [], passedOver: 4 });
    expect(await backfillRollup(options, definition, true)).toMatchObject({ runs: [{}, {}, {}, {}], passedOver: 0 });
    expect(await test.store.read.rows('SELECT sum(calls) AS calls, count() AS n FROM filled', {})).toEqual([
      { calls: '3', n: '1' },
    ]);
  });
});

describe('the rollups that come with it', () => {
  it('are understood by ClickHouse, and say what they promise', async () => {
    // Two weeks of a service that became slower, failed more, and got a new callee on the last day.
    const calls = [];
    for (let day = 0; day < 14; day += 1) {
      const at = minute + day * 1440 + 600;
      calls.push({ minute: at, calls: 200, errors: day < 7 ? 0 : 2, bucket: day < 7 ? 640 : 680 });
      if (day === 13) calls.push({ minute: at, service: 'mailer', operation: 'send', calls: 10, bucket: 500 });
    }
    for (const call of calls) await test.put([call], call.minute);
    const endMs = monday + 14 * 86_400_000 + 7_200_000;
    for (const name of ['edges', 'operations'] as const) {
      await passLevels(
        {
          store: test.store.rollups,
          clock: realClock,
          attempt: () => 1n,
          limits: { maxOperations: 500, maxPeers: 200 },
          maxExecutionSeconds: 60,
          scheduler: 's',
        },
        {
          name,
          range: { fromSeconds: 0, toSeconds: monday / 1000 + 14 * 86_400 },
          watermarkMs: endMs,
          goOn: () => true,
        },
      );
    }
    const { definitions, problems } = await checkFolder(rollupOptions(test, { config: { folder: shippedFolder } }));
    expect(problems).toEqual([]);
    const results: Record<string, Record<string, unknown>[]> = {};
    for (const definition of definitions) {
      const window =
        definition.name === 'operation-percentiles'
          ? { fromSeconds: monday / 1000 + 13 * 86_400 + 36_000, toSeconds: monday / 1000 + 13 * 86_400 + 39_600 }
          : newestWindow(definition, endMs);
      if (window === null) throw new Error('there is no window');
      const result = await dryRun(byHand(endMs), definition, window);
      if (!result.ok) throw new Error(result.error);
      results[definition.name] = result.value;
    }
    expect(results['slowest-edges']).toMatchObject([
      { client_service: 'web', server_service: 'cart', calls: 200, p95_ms: 2.521 },
      { server_service: 'mailer', calls: 10 },
    ]);
    expect(results['error-budget']).toMatchObject([
      { service: 'cart', calls: 200, errors: 2, error_percent: 1, budget_used_percent: 1000 },
      { service: 'mailer', errors: 0, budget_used_percent: 0 },
    ]);
    expect(results['new-edges']).toMatchObject([
      {
        server_service: 'mailer',
        calls: 10,
        first_hour: iso(monday + 13 * 86_400_000 + 36_000_000)
          .slice(0, 19)
          .replace('T', ' '),
      },
    ]);
    expect(results['operation-percentiles']).toMatchObject([
      { service: 'cart', operation: 'GET /cart', calls: 200, errors: 2 },
      { service: 'mailer', calls: 10 },
    ]);
    expect(results['weekly-regressions']).toMatchObject([
      { service: 'cart', operation: 'GET /cart', calls: 1400, calls_before: 1400, p95_ms: 2.521, error_percent: 1 },
    ]);
  });
});
