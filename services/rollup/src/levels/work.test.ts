import { describe, expect, it } from 'vitest';
import { earliestSeconds, inPortions, lateSeconds, sealable, staleDays, staleHours } from './work.ts';
import type { LevelsState } from './work.ts';

const hour = 3600;
const day = 86_400;
const range = { fromSeconds: 0, toSeconds: 10 * day };

function state(
  changes: readonly (readonly [hour: number, changes: number])[],
  hours: readonly (readonly [hour: number, changes: number, sealed?: boolean])[] = [],
  days: readonly (readonly [day: number, changes: number, sealed?: boolean])[] = [],
): LevelsState {
  return {
    changes: new Map(changes.map(([at, sum]) => [at * hour, sum])),
    hours: hours.map(([at, sum, sealed = false]) => ({ atSeconds: at * hour, changes: sum, sealed })),
    days: days.map(([at, sum, sealed = false]) => ({ atSeconds: at * day, changes: sum, sealed })),
  };
}

describe('an hour', () => {
  it('is rolled up when it was not, and when its minutes hold more; newest first', () => {
    const found = staleHours(
      state(
        [
          [1, 5],
          [2, 6],
          [3, 7],
        ],
        [
          [2, 6],
          [3, 6],
        ],
      ),
      range,
    );
    expect(found).toEqual([
      { atSeconds: 3 * hour, changes: 7 },
      { atSeconds: hour, changes: 5 },
    ]);
  });

  it('is left alone where minutes are gone, where it is sealed, and outside of the range', () => {
    expect(
      staleHours(
        state(
          [
            [1, 4],
            [2, 9],
          ],
          [
            [1, 5],
            [2, 8, true],
          ],
        ),
        range,
      ),
    ).toEqual([]);
    expect(
      staleHours(
        state([
          [1, 4],
          [5, 4],
        ]),
        { fromSeconds: 2 * hour, toSeconds: 6 * hour - 1 },
      ),
    ).toEqual([]);
  });
});

describe('a day', () => {
  it('waits for all its hours, and follows every change of them', () => {
    expect(
      staleDays(
        state(
          [
            [1, 5],
            [2, 6],
          ],
          [[1, 5]],
        ),
        range,
      ),
    ).toEqual([]);
    expect(
      staleDays(
        state(
          [
            [1, 5],
            [2, 6],
          ],
          [
            [1, 5],
            [2, 6],
          ],
        ),
        range,
      ),
    ).toEqual([{ atSeconds: 0, changes: 11 }]);
    expect(
      staleDays(
        state(
          [
            [1, 5],
            [2, 6],
          ],
          [
            [1, 5],
            [2, 6],
          ],
          [[0, 11]],
        ),
        range,
      ),
    ).toEqual([]);
    expect(
      staleDays(
        state(
          [
            [1, 5],
            [2, 7],
          ],
          [
            [1, 5],
            [2, 7],
          ],
          [[0, 11]],
        ),
        range,
      ),
    ).toEqual([{ atSeconds: 0, changes: 12 }]);
    expect(staleDays(state([[1, 5]], [[1, 5]]), { fromSeconds: 1, toSeconds: 2 * day })).toEqual([]);
  });

  it('counts what its sealed hours hold', () => {
    expect(
      staleDays(
        state(
          [[2, 6]],
          [
            [1, 5, true],
            [2, 6],
          ],
          [[0, 6]],
        ),
        range,
      ),
    ).toEqual([{ atSeconds: 0, changes: 11 }]);
  });
});

describe('a window', () => {
  it('is sealed when it is right and no span can come any more', () => {
    const right = state([[1, 5]], [[1, 5]], [[0, 5]]);
    expect(sealable(right, 2 * hour + lateSeconds - 1)).toEqual({ hours: [], days: [] });
    expect(sealable(right, 2 * hour + lateSeconds).hours).toHaveLength(1);
    expect(sealable(right, 2 * hour + lateSeconds).days).toEqual([]);
    expect(sealable(right, day + lateSeconds)).toMatchObject({ hours: [{ changes: 5 }], days: [{ changes: 5 }] });
  });

  it('is not where something came that is not in it', () => {
    expect(sealable(state([[1, 6]], [[1, 5]], [[0, 5]]), 20 * day)).toEqual({ hours: [], days: [] });
    expect(
      sealable(
        state(
          [
            [1, 5],
            [2, 1],
          ],
          [[1, 5]],
          [[0, 5]],
        ),
        20 * day,
      ).days,
    ).toEqual([]);
  });
});

describe('portions', () => {
  it('stay within a day and within what memory holds', () => {
    const window = (at: number, changes: number): { atSeconds: number; changes: number } => ({
      atSeconds: at * hour,
      changes,
    });
    const sizes = (windows: ReturnType<typeof window>[]): number[] => inPortions(windows, day).map((p) => p.length);
    expect(sizes([window(25, 1), window(24, 1), window(23, 1)])).toEqual([2, 1]);
    expect(sizes([window(3, 200_000), window(2, 60_000), window(1, 60_000)])).toEqual([2, 1]);
    expect(sizes([window(3, 9_000_000)])).toEqual([1]);
  });
});

describe('the earliest hour', () => {
  it('is a day and two hours younger than what is kept, in whole hours', () => {
    const nowMs = Date.parse('2026-05-10T10:10:00Z');
    expect(new Date(earliestSeconds(nowMs, 5 * day * 1000) * 1000).toISOString()).toBe('2026-05-06T13:00:00.000Z');
    expect(earliestSeconds(nowMs, 1e14)).toBe(0);
  });
});
