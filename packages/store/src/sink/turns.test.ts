import { expect, test } from 'vitest';
import { turns } from './turns.ts';

test('work with one key runs in order, also after a failure; other keys do not wait', async () => {
  const inTurn = turns();
  const seen: string[] = [];
  let release = (): void => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const first = inTurn('a', async () => {
    await held;
    seen.push('first');
    throw new Error('its own');
  });
  const second = inTurn('a', async () => seen.push('second'));
  await inTurn('b', async () => seen.push('other'));
  expect(seen).toEqual(['other']);
  release();
  await expect(first).rejects.toThrow('its own');
  await second;
  expect(seen).toEqual(['other', 'first', 'second']);
});
