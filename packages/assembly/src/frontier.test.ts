import { expect, test } from 'vitest';

import { Frontier } from './frontier.ts';

test('the frontier stands at the first chunk that is not emitted', () => {
  const frontier = new Frontier({ offset: 5, streamTimeMs: 100 });
  expect(frontier.lowest().offset).toBe(5);

  const a = frontier.add({ offset: 5, streamTimeMs: 110 });
  const b = frontier.add({ offset: 7, streamTimeMs: 120 });
  frontier.moveTo({ offset: 9, streamTimeMs: 130 });
  expect(frontier.lowest()).toMatchObject({ offset: 5, streamTimeMs: 110 });

  b.done = true;
  expect(frontier.lowest().offset).toBe(5);
  a.done = true;
  expect(frontier.lowest()).toEqual({ offset: 9, streamTimeMs: 130 });
});
