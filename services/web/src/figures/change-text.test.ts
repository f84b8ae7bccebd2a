import { expect, test } from 'vitest';

import { changeText } from './change-text.ts';

test.each([
  [0, false, '±0 %'],
  [0.123, false, '+12.3 %'],
  [-0.05, false, '−5.00 %'],
  [1.5, false, '+150 %'],
  [10.56, false, '×11.6'],
  [0.0446, true, '+4.46 pp'],
])('a change by %d is said in three digits with its sign', (part, points, text) => {
  expect(changeText(part, points)).toBe(text);
});
