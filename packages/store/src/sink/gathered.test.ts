import { expect, test } from 'vitest';

import { gathered } from './gathered.ts';

/** Runs that end when they are told to. */
function rig(): {
  readonly ask: (item: string) => Promise<void>;
  readonly runs: { readonly items: readonly string[]; end(error?: Error): void }[];
} {
  const runs: { readonly items: readonly string[]; end(error?: Error): void }[] = [];
  const ask = gathered<string>(
    (items) =>
      new Promise((resolve, reject) => {
        runs.push({ items, end: (error) => (error === undefined ? resolve() : reject(error)) });
      }),
  );
  return { ask, runs };
}

/** The first run is over; the second, of two that came meanwhile, is under way, and one more waits. */
async function asked(): Promise<
  Pick<ReturnType<typeof rig>, 'runs'> & { readonly others: Promise<void>[]; readonly last: Promise<void> }
> {
  const { ask, runs } = rig();
  const first = ask('a');
  await expect.poll(() => runs.length).toBe(1);
  const others = [ask('b'), ask('c')];
  runs[0]?.end();
  await first;
  await expect.poll(() => runs.length).toBe(2);
  const last = ask('d');
  return { runs, others, last };
}

test('what comes while one run is under way goes into the next', async () => {
  const { runs, others, last } = await asked();
  runs[1]?.end();
  await Promise.all(others);
  await expect.poll(() => runs.length).toBe(3);
  runs[2]?.end();
  await last;
  expect(runs.map(({ items }) => items)).toEqual([['a'], ['b', 'c'], ['d']]);
});

test('a run that fails fails all that went into it, and no other', async () => {
  const { runs, others, last } = await asked();
  runs[1]?.end(new Error('gone'));
  for (const other of others) await expect(other).rejects.toThrow('gone');
  await expect.poll(() => runs.length).toBe(3);
  runs[2]?.end();
  await last;
});
