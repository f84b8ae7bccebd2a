import type { NewRecord } from '@spanloom/log';
import { expect, test } from 'vitest';
import { createBatcher } from './batcher.ts';

interface Sent {
  readonly names: readonly string[];
  readonly acknowledge: () => void;
  readonly fail: (error: Error) => void;
}

/** A log whose every append waits for the test to decide. */
function controlledLog(): {
  sent: Sent[];
  append: (records: readonly NewRecord[]) => Promise<void>;
} {
  const sent: Sent[] = [];
  return {
    sent,
    append: (records) =>
      new Promise((resolve, reject) => {
        sent.push({
          names: records.map(({ value }) => Buffer.from(value ?? []).toString()),
          acknowledge: resolve,
          fail: reject,
        });
      }),
  };
}

const record = (name: string): NewRecord => ({ key: null, value: Buffer.from(name) });
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const limits = { maxRecords: 3, maxBytes: 100 };

test('while an append is under way, requests gather and go together, in order', async () => {
  const { sent, append } = controlledLog();
  const batcher = createBatcher(append, limits);
  const done: string[] = [];
  void batcher.add([record('a')]).then(() => done.push('a'));
  void batcher.add([record('b1'), record('b2')]).then(() => done.push('b'));
  void batcher.add([record('c')]).then(() => done.push('c'));
  expect(sent.map(({ names }) => names)).toEqual([['a']]);

  sent[0]?.acknowledge();
  await settled();
  expect(done).toEqual(['a']);
  expect(sent.map(({ names }) => names)).toEqual([['a'], ['b1', 'b2', 'c']]);

  sent[1]?.acknowledge();
  await settled();
  expect(done).toEqual(['a', 'b', 'c']);
});

test('a request larger than a batch is done only with its last record', async () => {
  const { sent, append } = controlledLog();
  const batcher = createBatcher(append, limits);
  let done = false;
  void batcher.add(['1', '2', '3', '4'].map(record)).then(() => (done = true));
  sent[0]?.acknowledge();
  await settled();
  expect(sent.map(({ names }) => names)).toEqual([['1', '2', '3'], ['4']]);
  expect(done).toBe(false);
  sent[1]?.acknowledge();
  await settled();
  expect(done).toBe(true);
});

test('a batch is cut by bytes, and a record above the limit goes alone', async () => {
  const { sent, append } = controlledLog();
  const batcher = createBatcher(append, limits);
  const names = ['x'.repeat(60), 'y'.repeat(60), 'z'.repeat(150), 'w'];
  const done = batcher.add(names.map(record));
  for (let i = 0; i < names.length; i++) {
    sent[i]?.acknowledge();
    await settled();
  }
  await done;
  expect(sent.map((batch) => batch.names)).toEqual(names.map((name) => [name]));
});

test('a failed append fails the requests in it, drops what is left of them, and no others', async () => {
  const { sent, append } = controlledLog();
  const batcher = createBatcher(append, limits);
  const doomed = batcher.add(['1', '2', '3', 'never sent'].map(record)).catch((error: unknown) => error);
  const spared = batcher.add([record('next')]);
  const broken = new Error('disk full');
  sent[0]?.fail(broken);
  expect(await doomed).toBe(broken);
  await settled();
  expect(sent[1]?.names).toEqual(['next']);
  sent[1]?.acknowledge();
  await spared;
});

test('a request without records is done at once', async () => {
  const { sent, append } = controlledLog();
  await createBatcher(append, limits).add([]);
  expect(sent).toEqual([]);
});
