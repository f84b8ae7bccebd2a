import { expect, test } from 'vitest';
import { LeaseLostError } from '../../errors.ts';
import { type Commit, createCommits } from './commits.ts';
import { createTenure, type Tenure } from './tenure.ts';

const clock = { now: () => 0, sleep: (): Promise<void> => Promise.resolve() };

function tenureOf(generation: number): Tenure {
  const tenure = createTenure({ clock, sessionMs: 1000, rebalanceMs: 1000 });
  tenure.begin(generation, 0);
  return tenure;
}

function commitOf(partition: number, tenure: Tenure): Commit {
  return { partition, offset: 10 * partition, metadata: '', tenure, generation: tenure.generation };
}

const partitionsOf = (commits: readonly Commit[]): number[] => commits.map(({ partition }) => partition);

test('commits of one generation go together, and of two apart', async () => {
  const sent: [number, number[]][] = [];
  const commit = createCommits(async (generation, commits) => void sent.push([generation, partitionsOf(commits)]));
  const [now, next] = [tenureOf(4), tenureOf(5)];
  await Promise.all([commitOf(1, now), commitOf(2, now), commitOf(3, next)].map(commit));
  expect(sent).toEqual([
    [4, [1, 2]],
    [5, [3]],
  ]);
});

test('what lost its lease while it waited is not sent', async () => {
  const sent: number[][] = [];
  const commit = createCommits(async (_, commits) => void sent.push(partitionsOf(commits)));
  const [held, lost, gone] = [tenureOf(4), tenureOf(4), tenureOf(4)];
  const results = Promise.allSettled([commitOf(1, held), commitOf(2, lost), commitOf(3, gone)].map(commit));
  lost.end();
  gone.begin(5, 0);
  const lease = { status: 'rejected', reason: expect.any(LeaseLostError) };
  expect(await results).toEqual([{ status: 'fulfilled' }, lease, lease]);
  expect(sent).toEqual([[1]]);
});

test('where one is refused, each is told its own', async () => {
  const refused = new Error('refused');
  const commit = createCommits(async (_, commits) => {
    if (partitionsOf(commits).includes(2)) throw refused;
  });
  const tenure = tenureOf(4);
  const results = await Promise.allSettled([1, 2, 3].map((partition) => commit(commitOf(partition, tenure))));
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(results[1]).toMatchObject({ reason: refused });
});
