import { expect, test } from 'vitest';
import { latenessOf } from './lateness.ts';

const piece = (appendTimeMs: number, late: boolean, part = 0) => ({ appendTimeMs, late, part });

test('what came late was late by as much as it was finished after the first', () => {
  expect(latenessOf([piece(1000, false), piece(13_300, true), piece(20_000, true)])).toEqual([null, 12_300, 19_000]);
  expect(latenessOf([piece(1000, false)])).toEqual([null]);
  expect(latenessOf([])).toEqual([]);
});

test('the parts of a large trace are not late, and those of a late one as late as the first of them', () => {
  const large = [piece(1000, false), piece(2000, true, 1), piece(3000, true, 2)];
  expect(latenessOf([...large, piece(9000, true), piece(10_000, true, 1)])).toEqual([null, null, null, 8000, 8000]);
});
