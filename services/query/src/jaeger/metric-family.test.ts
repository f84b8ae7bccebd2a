import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ReadClient } from '@spanloom/store';
import { callRate, errorRate, latencies, metricFamily } from './metric-family.ts';

interface Minute {
  readonly minute: number;
  readonly calls: number;
  readonly errors: number;
}

/** Minutes of one service whose calls all take 1 ms. */
function storeWith(minutes: readonly Minute[]): ReadClient {
  const rows = minutes.map(({ minute, calls, errors }) => ({
    minute,
    service: 'a',
    operation: '',
    calls: String(calls),
    errors: String(errors),
    histogram: [[637], [calls]],
  }));
  return { rows: async <Row>() => rows as Row[], bytes: async () => new Uint8Array(0) };
}

it('every point tells of the whole minutes before it, whatever the step', async () => {
  const minutes = fc.uniqueArray(
    fc.record({
      minute: fc.integer({ min: 0, max: 40 }),
      calls: fc.integer({ min: 1, max: 9 }),
      errors: fc.constant(1),
    }),
    { selector: (each) => each.minute, maxLength: 20 },
  );
  await fc.assert(
    fc.asyncProperty(
      minutes,
      fc.integer({ min: 7, max: 200 }),
      fc.integer({ min: 1, max: 10 }),
      async (unsorted, stepSeconds, windowMinutes) => {
        const sorted = unsorted.toSorted((a, b) => a.minute - b.minute);
        const params = {
          services: ['a'],
          kinds: [],
          byOperation: false,
          endMs: 40 * 60_000,
          lookbackMs: 30 * 60_000,
          stepMs: stepSeconds * 1000,
          ratePerMs: windowMinutes * 60_000,
        };
        for (const measure of [callRate, errorRate, latencies(0.5)]) {
          const family = await metricFamily(storeWith(sorted), measure, params);
          const points = family.ok ? (family.value.metrics[0]?.metricPoints ?? []) : [];
          for (const { gaugeValue, timestamp } of points) {
            const to = Math.floor(Date.parse(timestamp) / 60_000);
            const within = sorted.filter(({ minute }) => minute >= to - windowMinutes && minute < to);
            const calls = within.reduce((sum, each) => sum + each.calls, 0);
            const expected = {
              [callRate.name]: calls / (windowMinutes * 60),
              [errorRate.name]: calls === 0 ? 'NaN' : within.length / calls,
              latencies: calls === 0 ? 'NaN' : expect.closeTo(1, 1),
            }[measure.name];
            expect(gaugeValue.doubleValue).toEqual(expected);
          }
        }
      },
    ),
    { numRuns: 50 },
  );
});

it('an answer of too many points is refused, with what to do', async () => {
  const params = { services: [], kinds: [], byOperation: true, endMs: 1e9, lookbackMs: 1e9, stepMs: 1e5, ratePerMs: 1 };
  const rows = Array.from({ length: 60 }, (_, at) => ({
    minute: 1,
    service: `s${at}`,
    calls: '1',
    histogram: [[], []],
  }));
  const store: ReadClient = { rows: async <Row>() => rows as Row[], bytes: async () => new Uint8Array(0) };
  expect(await metricFamily(store, callRate, params)).toEqual({
    ok: false,
    error: "60 series of 10001 points are more than 500000; raise 'step'",
  });
});
