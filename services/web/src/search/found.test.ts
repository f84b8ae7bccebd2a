import { describe, expect, test } from 'vitest';

import { parseSearch, stringifySearch } from '../app/search-params.ts';
import { foundBy, foundLatest, foundOf, searchOf, wasFound, windowOf } from './found.ts';

const page = {
  from: '2026-11-23T09:00:00.000Z',
  to: '2026-11-23T10:00:00.000Z',
  traces: [{ startTime: '2026-11-23T09:59:50.123456Z' }, { startTime: '2026-11-23T09:30:00.000001Z' }],
};
const behindFirst = '2026-11-23T09:59:50.124Z';

describe('the list that a trace was opened from', () => {
  test('goes through the URL of the trace', () => {
    const found = foundBy({ q: 'status = error', from: 'now-1h', sort: 'duration' }, page);
    expect(foundOf(parseSearch(stringifySearch({ ...found, span: 'a1', sort: 'self' })))).toEqual(found);
  });

  test('keeps a relative window for what goes on from it, and says where it was', () => {
    const found = foundBy({ from: 'now-1h', sort: 'spans' }, page);
    expect(searchOf(found)).toEqual({ from: 'now-1h', sort: 'spans' });
    expect(windowOf(found)).toEqual({ from: page.from, to: page.to });
  });

  test('of the latest traces ends behind the first: what is stored later does not move it', () => {
    const found = foundBy({}, page);
    expect(Object.keys(found)).toEqual(['list']);
    expect(windowOf(found)).toEqual({ from: page.from, to: behindFirst });
    expect(windowOf(foundLatest('', page.traces))).toEqual({ from: '2026-11-23T09:30:00.000Z', to: behindFirst });
  });

  test('has the window of its URL where that stands still, and of its cursor behind the first page', () => {
    const fixed = { from: page.from, to: page.to };
    expect(foundBy(fixed, page)).toEqual(fixed);
    expect(foundBy({ cursor: 'MTcz' }, page)).toEqual({ cursor: 'MTcz' });
  });

  test('is none where no search led to the trace', () => {
    expect(wasFound(foundOf({ span: 'a1', sort: 'self' }))).toBe(false);
    expect(wasFound(foundLatest('', []))).toBe(false);
    expect(wasFound(foundBy({}, page))).toBe(true);
  });
});
