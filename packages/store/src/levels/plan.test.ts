import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planReading } from './plan.ts';
import type { PlanInput } from './plan.ts';
import type { WindowState } from './state.ts';

const hour = 3600;

function hours(...states: readonly (readonly [hour: number, changes: number, sealed?: boolean])[]): WindowState[] {
  return states.map(([at, changes, sealed = false]) => ({ atSeconds: at * hour, changes, sealed }));
}

const question = { fromMinute: 30, toMinute: 60 * 26 + 15, coarsest: 'day' } as const;

describe('what is read', () => {
  it('is hours where they are right, and minutes at both ends and where one is not', () => {
    const changes = new Map(Array.from({ length: 27 }, (_, at) => [at * hour, 10]));
    const plan = planReading({
      ...question,
      hours: hours(...Array.from({ length: 26 }, (_, at) => [at, at === 5 ? 9 : 10] as const)),
      days: [],
      changes,
    });
    expect(plan).toEqual({
      minute: [
        [30, 60],
        [300, 360],
        [1560, 1575],
      ],
      hour: [
        [60, 300],
        [360, 1560],
      ],
      day: [],
      hours: 24,
      days: 0,
    });
  });

  it('is a day where it holds what its hours hold, and a window that is sealed whatever the minutes say', () => {
    const input: PlanInput = {
      fromMinute: 0,
      toMinute: 2 * 1440,
      coarsest: 'day',
      hours: hours([3, 7]),
      days: [
        { atSeconds: 0, changes: 7, sealed: false },
        { atSeconds: 24 * hour, changes: 5, sealed: true },
      ],
      changes: new Map([[3 * hour, 7]]),
    };
    expect(planReading(input)).toMatchObject({ day: [[0, 2880]], days: 2, minute: [], hour: [] });
    expect(planReading({ ...input, changes: new Map([[3 * hour, 8]]) })).toMatchObject({
      day: [[1440, 2880]],
      minute: [[180, 240]],
      hour: [],
    });
    expect(planReading({ ...input, coarsest: 'hour' })).toMatchObject({ hour: [[180, 240]], day: [] });
  });

  it('leaves out hours in which nothing happened', () => {
    const plan = planReading({
      ...question,
      hours: hours([2, 1], [9, 1]),
      days: [],
      changes: new Map([
        [2 * hour, 1],
        [9 * hour, 1],
      ]),
    });
    expect(plan.hour).toEqual([[120, 600]]);
    expect(plan.hours).toBe(2);
    expect(plan.minute).toEqual([
      [30, 60],
      [1560, 1575],
    ]);
  });

  it('covers every minute in which something happened once, and nothing outside of the question', () => {
    const state = fc.record({
      at: fc.integer({ min: 0, max: 71 }),
      changes: fc.integer({ min: 1, max: 3 }),
      sealed: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 72 * 60 }),
        fc.integer({ min: 1, max: 72 * 60 }),
        fc.constantFrom('minute' as const, 'hour' as const, 'day' as const),
        fc.uniqueArray(state, { selector: (each) => each.at }),
        fc.uniqueArray(state, { selector: (each) => each.at % 3 }),
        fc.uniqueArray(state, { selector: (each) => each.at }),
        (fromMinute, length, coarsest, rolled, days, minutes) => {
          const toMinute = fromMinute + length;
          const plan = planReading({
            fromMinute,
            toMinute,
            coarsest,
            hours: rolled.map(({ at, ...rest }) => ({ ...rest, atSeconds: at * hour })),
            days: days.map(({ at, ...rest }) => ({ ...rest, atSeconds: (at % 3) * 24 * hour })),
            changes: new Map(minutes.map(({ at, changes }) => [at * hour, changes])),
          });
          const times = new Uint8Array(72 * 60 * 3);
          for (const [from, to] of [plan.minute, plan.hour, plan.day].flat()) {
            for (let minute = from; minute < to; minute += 1) times[minute] = (times[minute] ?? 0) + 1;
          }
          const busy = new Set([...minutes, ...rolled.filter((each) => each.sealed)].map(({ at }) => at));
          const wrong = Array.from(times).findIndex((n, minute) => {
            const isAsked = minute >= fromMinute && minute < toMinute;
            return isAsked ? n > 1 || (n === 0 && busy.has(Math.floor(minute / 60))) : n > 0;
          });
          expect(wrong).toBe(-1);
        },
      ),
      { numRuns: 200 },
    );
  });
});
