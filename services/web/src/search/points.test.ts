import { describe, expect, test } from 'vitest';

import { boxOf, countIn, type Point, pointByKey } from './points.ts';

const points: readonly Point[] = [
  { timeMs: 30, durationMs: 5, shape: 'ok' },
  { timeMs: 10, durationMs: 50, shape: 'error' },
  { timeMs: 20, durationMs: 500, shape: 'ok' },
];

describe('points by keyboard', () => {
  test.each([
    [null, 'ArrowLeft', 0],
    [0, 'ArrowLeft', 2],
    [2, 'ArrowLeft', 1],
    [1, 'ArrowLeft', 1],
    [1, 'ArrowRight', 2],
    [0, 'ArrowUp', 1],
    [1, 'ArrowUp', 2],
    [2, 'ArrowUp', 2],
    [2, 'ArrowDown', 1],
    [0, 'Home', 1],
    [1, 'End', 0],
    [1, 'x', null],
  ])('%s %s', (from, key, to) => {
    expect(pointByKey(points, from, key)).toBe(to);
  });

  test('lead nowhere without any', () => {
    expect(pointByKey([], null, 'ArrowLeft')).toBe(null);
  });
});

test('a box holds the points in its corners', () => {
  const box = boxOf(points[0] as Point, points[1] as Point);
  expect(box).toMatchObject({ fromMs: 10, toMs: 31 });
  expect(box.minMs).toBeLessThan(5);
  expect(box.maxMs).toBeGreaterThan(50);
  expect(countIn(points, 0, 1)).toBe(2);
  expect(countIn(points, 2, 1)).toBe(2);
});
