import { expect, test } from 'vitest';
import { gathering, type Waiting } from './gather.ts';

interface Request {
  readonly items: readonly string[];
  answer(): void;
  fail(error: Error): void;
}

/** A sender whose every request waits for the test to decide; at most three go together. */
function controlled(): { requests: Request[]; add: (item: string) => Promise<string> } {
  const requests: Request[] = [];
  const send = (together: readonly Waiting<string, string>[]): Promise<void> =>
    new Promise((resolve, reject) => {
      requests.push({
        items: together.map(({ item }) => item),
        answer() {
          for (const waiting of together) waiting.resolve(`${waiting.item}!`);
          resolve();
        },
        fail: reject,
      });
    });
  return { requests, add: gathering((waiting) => Math.min(waiting.length, 3), send) };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('what is asked for in one turn goes together, and what comes meanwhile in the next requests', async () => {
  const { requests, add } = controlled();
  const first = Promise.all(['a', 'b'].map(add));
  await turn();
  const next = Promise.all(['c', 'd', 'e', 'f'].map(add));
  await turn();
  expect(requests.map(({ items }) => items)).toEqual([['a', 'b']]);
  requests[0]?.answer();
  expect(await first).toEqual(['a!', 'b!']);
  requests[1]?.answer();
  await turn();
  requests[2]?.answer();
  expect(await next).toEqual(['c!', 'd!', 'e!', 'f!']);
  expect(requests.map(({ items }) => items)).toEqual([['a', 'b'], ['c', 'd', 'e'], ['f']]);
});

test('a request that fails fails what was in it, and nothing else', async () => {
  const { requests, add } = controlled();
  const doomed = add('a').catch((error: unknown) => error);
  await turn();
  const spared = add('b');
  const broken = new Error('gone');
  requests[0]?.fail(broken);
  expect(await doomed).toBe(broken);
  await turn();
  requests[1]?.answer();
  expect(await spared).toBe('b!');
});
