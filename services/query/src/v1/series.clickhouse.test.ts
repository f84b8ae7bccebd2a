import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clockAt } from '../testing/clock.ts';
import { ordersAt } from '../testing/orders.ts';
import { startQuery, type TestQuery } from '../testing/query.ts';
import { startStore, type TestStore } from '../testing/store.ts';
import { getAnswer, refusal } from '../testing/answers.ts';
import { seriesAnswer } from './series.ts';

const nowMs = Math.floor(Date.now() / 60_000) * 60_000 + 30_000;

let stored: TestStore;
let running: TestQuery;

beforeAll(async () => {
  stored = await startStore();
  await stored.put(ordersAt(nowMs).orders, nowMs - 2000);
  running = await startQuery({ store: stored.store.read, clock: clockAt(nowMs) });
});

afterAll(async () => {
  await running.query.stop();
  await stored.remove();
});

interface Column {
  readonly time: string;
  readonly calls: number;
  readonly errors: number;
  readonly errorRate: number | null;
  readonly callsPerSecond: number;
  readonly durationMs: Record<string, number> | null;
}

interface Series {
  readonly stepSeconds: number;
  readonly columns: readonly Column[];
}

const series = async (query: string): Promise<Series> =>
  await getAnswer<Series>(running, `series?from=now-5m&${query}`, seriesAnswer);

describe('a series', () => {
  it.each([
    ['service=cart&operation=GET%20/cart', 9, 3, 54],
    ['service=cart', 18, 3, 54],
    ['service=cart&spanKind=client', 9, 0, 18],
    ['client=shop&server=cart&kind=rpc', 9, 3, 54],
    ['client=shop&server=cart&side=client', 9, 0, 72],
    ['server=shop&kind=entry', 9, 0, 90],
  ])('has every call: %s', async (target, calls, errors, longestMs) => {
    const { columns } = await series(target);
    expect(columns.reduce((sum, column) => sum + column.calls, 0)).toBe(calls);
    expect(columns.reduce((sum, column) => sum + column.errors, 0)).toBe(errors);
    const longest = Math.max(...columns.map(({ durationMs }) => durationMs?.['max'] ?? 0));
    expect(Math.abs(longest / longestMs - 1)).toBeLessThan(0.011);
  });

  it('has every step up to now, and rates over the part of it that there was', async () => {
    const { stepSeconds, columns } = await series('service=cart&spanKind=server&quantiles=0.5');
    expect(stepSeconds).toBe(60);
    expect(columns.map(({ time }) => Date.parse(time))).toEqual(
      [5, 4, 3, 2, 1, 0].map((back) => nowMs - 30_000 - back * 60_000),
    );
    expect(columns[0]).toMatchObject({ calls: 0, errors: 0, errorRate: null, callsPerSecond: 0, durationMs: null });
    // The orders began 20 s ago; this minute has 30 s so far.
    expect(columns.at(-1)).toMatchObject({ calls: 9, errorRate: 3 / 9, callsPerSecond: 0.3 });
    expect(columns.at(-1)?.durationMs?.['p50']).toBeCloseTo(30, 0);
    const wide = await series('service=cart&spanKind=server&step=1h&to=now');
    expect(wide.columns.at(-1)?.calls).toBe(9);
  });

  it.each([
    ['series', 'service'],
    ['series?server=a&spanKind=client', 'spanKind'],
    ['series?service=a&step=1w', 'step'],
    ['series?service=a&quantiles=2', 'quantiles'],
  ])('refuses %s', async (path, parameter) =>
    expect(await refusal(running, path)).toMatchObject({ code: 'invalid_parameter', parameter }),
  );
});
