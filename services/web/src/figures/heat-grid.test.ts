import { describe, expect, test } from 'vitest';

import type { HeatmapAnswer } from '../api/answers.ts';
import { heatGrid, intensity, moveCell } from './heat-grid.ts';

const answer: HeatmapAnswer = {
  from: '2026-11-23T10:00:00Z',
  to: '2026-11-23T10:05:00Z',
  completeTo: null,
  behind: [],
  stepSeconds: 60,
  rows: [
    { fromMs: 4, toMs: 5 },
    { fromMs: 5, toMs: 6 },
  ],
  columns: [
    { time: '2026-11-23T10:01:00Z', calls: 3, errors: 0, cells: [[1, 3]], slowest: null, failed: null },
    { time: '2026-11-23T10:04:00Z', calls: 9, errors: 1, cells: [[0, 9]], slowest: null, failed: null },
  ],
};

describe('the grid of a heatmap', () => {
  const grid = heatGrid(answer);

  test('has a column for each step of the window, those without calls too', () => {
    expect(grid.columns).toBe(5);
    expect([0, 1, 2, 3, 4].map((column) => grid.callsIn({ column, row: 1 }))).toEqual([0, 3, 0, 0, 0]);
    expect(grid.callsIn({ column: 4, row: 0 })).toBe(9);
    expect(grid.answerOf(4)?.errors).toBe(1);
    expect(new Date(grid.timeOf(4)).toISOString()).toBe('2026-11-23T10:04:00.000Z');
  });

  test('is walked by arrow keys up to its edges', () => {
    expect(moveCell(grid, { column: 1, row: 0 }, 'ArrowUp')).toEqual({ column: 1, row: 1 });
    expect(moveCell(grid, { column: 1, row: 1 }, 'ArrowUp')).toEqual({ column: 1, row: 1 });
    expect(moveCell(grid, { column: 0, row: 1 }, 'ArrowLeft')).toEqual({ column: 0, row: 1 });
  });

  test('shows a single call beside thousands', () => {
    expect(intensity(0, 5000)).toBe(0);
    expect(intensity(1, 5000)).toBeGreaterThan(0.2);
    expect(intensity(5000, 5000)).toBe(1);
  });
});
