import type { QueryParameter, ReadClient, ReadOptions } from '@spanloom/store';
import { expect, test } from 'vitest';

import { remembering } from './remembering.ts';

/** A client that counts what it is asked, at a time that the test sets. */
function rig(): {
  readonly client: ReadClient;
  readonly asked: ReadOptions[];
  nowMs: number;
  answers: (signal: AbortSignal | undefined) => Promise<void>;
} {
  const asked: ReadOptions[] = [];
  const state = { asked, nowMs: 1000, answers: async (_signal: AbortSignal | undefined): Promise<void> => {} };
  const inner: ReadClient = {
    async rows<Row>(_query: string, _parameters: Record<string, QueryParameter>, options: ReadOptions = {}) {
      asked.push(options);
      const number = asked.length;
      await state.answers(options.signal);
      return [{ number }] as Row[];
    },
    bytes: async () => new Uint8Array(0),
  };
  const clock = { now: () => state.nowMs, sleep: async () => {} };
  return Object.assign(state, { client: remembering(inner, clock) });
}

test('what may be a second old is asked once a second, whoever asks', async () => {
  const rigged = rig();
  const ask = async (service: string): Promise<object[]> =>
    await rigged.client.rows('names', { service }, { maxAgeMs: 1000, maxExecutionSeconds: 3 });
  expect(await Promise.all([ask('a'), ask('b'), ask('a')])).toEqual([
    [{ number: 1 }],
    [{ number: 2 }],
    [{ number: 1 }],
  ]);
  rigged.nowMs = 2000;
  expect(await ask('a')).toEqual([{ number: 1 }]);
  rigged.nowMs = 2001;
  expect(await ask('a')).toEqual([{ number: 3 }]);
  // A clock that is set back keeps nothing for longer.
  rigged.nowMs = 500;
  expect(await ask('a')).toEqual([{ number: 4 }]);
  expect(rigged.asked).toMatchObject(Array.from({ length: 4 }, () => ({ maxExecutionSeconds: 3 })));
});

test('everything else is asked each time, and a failure is not remembered', async () => {
  const rigged = rig();
  await rigged.client.rows('figures', {});
  await rigged.client.rows('figures', {});
  expect(rigged.asked).toHaveLength(2);
  rigged.answers = async () => {
    throw new Error('not now');
  };
  await expect(rigged.client.rows('names', {}, { maxAgeMs: 1000 })).rejects.toThrow('not now');
  rigged.answers = async () => {};
  expect(await rigged.client.rows('names', {}, { maxAgeMs: 1000 })).toEqual([{ number: 4 }]);
});

test('a question is given up when the last of those who asked has gone', async () => {
  const rigged = rig();
  rigged.answers = async (signal) => {
    await new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => reject(new Error('given up')));
    });
  };
  const callers = [new AbortController(), new AbortController()] as const;
  const [first, second] = callers.map(({ signal }) => rigged.client.rows('names', {}, { maxAgeMs: 1000, signal }));
  callers[0].abort(new Error('the first has gone'));
  await expect(first).rejects.toThrow('the first has gone');
  expect(rigged.asked[0]?.signal?.aborted).toBe(false);
  callers[1].abort(new Error('the second has gone'));
  await expect(second).rejects.toThrow('the second has gone');
  expect(rigged.asked[0]?.signal?.aborted).toBe(true);

  const gone = AbortSignal.abort(new Error('gone before'));
  await expect(rigged.client.rows('names', {}, { maxAgeMs: 1000, signal: gone })).rejects.toThrow('gone before');
  rigged.answers = async () => {};
  expect(await rigged.client.rows('names', {}, { maxAgeMs: 1000 })).toEqual([{ number: rigged.asked.length }]);
});
