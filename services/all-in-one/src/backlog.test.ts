import { expect, test } from 'vitest';

import { refusal } from './backlog.ts';

const read = { low: 0, high: 1000, next: 990 };
const behind = { low: 0, high: 1000, next: 300 };

test('intake goes on while the log has room, or while what is oldest in it was read', () => {
  expect(refusal([behind], 7e9, 10e9)).toBeNull();
  expect(refusal([read], 9.9e9, 10e9)).toBeNull();
  expect(refusal([], 9.9e9, 10e9)).toBeNull();
  expect(refusal([{ low: 0, high: 0, next: 0 }], 9.9e9, 10e9)).toBeNull();
});

test('intake stops before the log would forget what nobody has read', () => {
  expect(refusal([read, behind], 8.1e9, 10e9)).toMatch(/70 % of it waits/);
  expect(refusal([{ low: 500, high: 1000, next: 200 }], 9e9, 10e9)).toMatch(/100 % of it waits/);
});
