import { expect, test } from 'vitest';
import { lanes } from './lanes.ts';

test('a lane runs as many as it is wide, in order, and goes on after a failure', async () => {
  const run = lanes({ narrow: 1, wide: 2 });
  const running: string[] = [];
  const done: string[] = [];
  const gates = new Map<string, () => void>();
  const task = (name: string) => (): Promise<void> => {
    running.push(name);
    return new Promise<void>((resolve, reject) =>
      gates.set(name, () => (name === 'b' ? reject(new Error('b')) : resolve())),
    );
  };
  const all = ['a', 'b', 'c'].map((name) =>
    run('narrow', task(name)).then(
      () => done.push(name),
      () => done.push(`${name} failed`),
    ),
  );
  const others = ['x', 'y', 'z'].map((name) => run('wide', task(name)));
  await Promise.resolve();
  expect(running).toEqual(['a', 'x', 'y']);
  gates.get('a')?.();
  await all[0];
  expect(running).toEqual(['a', 'x', 'y', 'b']);
  gates.get('b')?.();
  await all[1];
  gates.get('c')?.();
  await all[2];
  expect(done).toEqual(['a', 'b failed', 'c']);
  gates.get('x')?.();
  await others[0];
  expect(running.at(-1)).toBe('z');
  gates.get('y')?.();
  gates.get('z')?.();
  await Promise.all(others);
});
