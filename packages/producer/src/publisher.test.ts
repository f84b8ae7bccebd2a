import type { Clock } from '@spanloom/span';
import type { ChunkRecord } from '@spanloom/wire';
import { expect, test } from 'vitest';
import type { Connection } from './connection.ts';
import { batchesOf, createPublisher } from './publisher.ts';
import type { Publisher } from './publisher.ts';

const record = (bytes: number): ChunkRecord => ({ key: Buffer.alloc(16), value: Buffer.alloc(bytes - 16) });
const records = (count: number, bytes = 100): ChunkRecord[] => Array.from({ length: count }, () => record(bytes));

/** Time passes only while somebody sleeps for it alone: whoever races a send loses at the end. */
function testClock(): Clock & { expire(): void } {
  let nowMs = 0;
  const late: (() => void)[] = [];
  return {
    now: () => nowMs,
    sleep(ms, signal) {
      if (signal === undefined) {
        nowMs += ms;
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        late.push(() => {
          nowMs += ms;
          resolve();
        });
        signal.addEventListener('abort', () => resolve());
      });
    },
    expire: () => late.splice(0).forEach((wake) => wake()),
  };
}

/** Connections whose sends do in turn what `sends` says. */
function start(sends: (() => Promise<void>)[]): {
  readonly publisher: Publisher;
  readonly clock: ReturnType<typeof testClock>;
  /** The connection, counted from 0, and the records of each send. */
  readonly sent: (readonly [connection: number, records: number])[];
  readonly open: Set<number>;
} {
  let connections = 0;
  const sent: (readonly [number, number])[] = [];
  const open = new Set<number>();
  const clock = testClock();
  const connect = (): Promise<Connection> => {
    const connection = connections++;
    open.add(connection);
    return Promise.resolve({
      send(given) {
        sent.push([connection, given.length]);
        return (sends.shift() ?? Promise.resolve.bind(Promise))();
      },
      close() {
        open.delete(connection);
        return Promise.resolve();
      },
    });
  };
  return { publisher: createPublisher({ connect, clock, timeoutMs: 10_000 }), clock, sent, open };
}

const failing =
  (retriable = true) =>
  () =>
    Promise.reject(Object.assign(new Error('Refused.'), { retriable }));

test('cuts what is too much for one send', () => {
  expect(batchesOf([])).toEqual([]);
  expect(batchesOf(records(2500)).map((batch) => batch.length)).toEqual([1000, 1000, 500]);
  expect(batchesOf(records(5, 300_000)).map((batch) => batch.length)).toEqual([3, 2]);
  expect(batchesOf([record(20), record(3_000_000), record(20)]).map((batch) => batch.length)).toEqual([1, 1, 1]);
});

test('a connection is not used again after a rejected send, and what was acknowledged is not sent again', async () => {
  const { publisher, sent, open } = start([() => Promise.resolve(), failing(), failing()]);
  await publisher.publish(records(1500));
  await publisher.publish(records(1));
  expect(sent).toEqual([
    [0, 1000],
    [0, 500],
    [1, 500],
    [2, 500],
    [2, 1],
  ]);
  expect([...open]).toEqual([2]);
  await publisher.close();
  expect([...open]).toEqual([]);
});

test('one send at a time, in order', async () => {
  let acknowledge = (): void => undefined;
  const { publisher, sent } = start([() => new Promise((resolve) => (acknowledge = resolve))]);
  const first = publisher.publish(records(1));
  const second = publisher.publish(records(2));
  await expect.poll(() => sent.length).toBe(1);
  expect(sent).toEqual([[0, 1]]);
  acknowledge();
  await Promise.all([first, second]);
  expect(sent).toEqual([
    [0, 1],
    [0, 2],
  ]);
});

test('no answer: fails when its time is over, and the next one starts anew', async () => {
  const { publisher, clock, sent, open } = start([() => new Promise(() => undefined)]);
  const hanging = publisher.publish(records(1));
  await expect.poll(() => sent.length).toBe(1);
  clock.expire();
  await expect(hanging).rejects.toThrow('Kafka did not acknowledge the spans within 10 s.');
  await publisher.publish(records(2));
  expect(sent).toEqual([
    [0, 1],
    [1, 2],
  ]);
  expect([...open]).toEqual([1]);
});

test('gives up at once where trying again cannot help, else when its time is over', async () => {
  const wrapped = Object.assign(new Error('Refused.'), { retriable: true });
  const gaveUp = () => Promise.reject(Object.assign(new Error('Gave up.', { cause: wrapped }), { retriable: false }));
  const { publisher, sent } = start([failing(false), gaveUp, ...Array.from({ length: 100 }, () => failing())]);
  await expect(publisher.publish(records(1))).rejects.toThrow('Refused.');
  expect(sent.length).toBe(1);
  await expect(publisher.publish(records(1))).rejects.toThrow('Refused.');
  // 100, 200, 400, 800, then 1,600 ms: nine pauses fit into 10 s.
  expect(sent.length).toBe(1 + 10);
});
