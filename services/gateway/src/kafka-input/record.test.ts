import { expect, test } from 'vitest';
import type { Outcome } from '../outcome.ts';
import { takeRecord } from './record.ts';
import type { TakeOptions } from './record.ts';

const record = { topic: 'otlp_spans', partition: 2, offset: '7', value: Buffer.from('bytes') };
const accepted: Outcome = { type: 'accepted', acceptedSpans: 3, rejectedSpans: 0, message: '' };
const hold = { raise: () => true, leave: () => undefined };

function options(outcomes: readonly Outcome[], change: Partial<TakeOptions> = {}) {
  const left = [...outcomes];
  const refusals: string[] = [];
  const letters: unknown[] = [];
  const given: TakeOptions = {
    intake: { accept: () => Promise.resolve(left.shift() ?? accepted) },
    admission: { enter: () => hold },
    bury(letter) {
      letters.push(letter.headers);
      return Promise.resolve();
    },
    format: 'protobuf',
    maxRequestBytes: 100,
    patience: { wait: () => Promise.resolve() },
    signal: new AbortController().signal,
    onRefusal: (reason) => refusals.push(reason),
    ...change,
  };
  return { given, refusals, letters };
}

test('tries again as long as it is refused', async () => {
  const { given, refusals } = options([
    { type: 'unavailable', message: 'Away.' },
    { type: 'overloaded', message: 'Full.', retryAfterMs: 1000 },
  ]);
  expect(await takeRecord(record, given)).toEqual({ type: 'accepted', spans: 3 });
  expect(refusals).toEqual(['Away.', 'Full.']);
});

test('waits for room among the bytes in flight, and gives it back', async () => {
  let entered = 0;
  let left = 0;
  const { given, refusals } = options([], {
    admission: {
      enter: (bytes) => {
        expect(bytes).toBe(5);
        if (entered++ < 2) return { type: 'overloaded', message: 'Full.', retryAfterMs: 1000 };
        return { ...hold, leave: () => left++ };
      },
    },
  });
  expect(await takeRecord(record, given)).toEqual({ type: 'accepted', spans: 3 });
  expect([refusals.length, left]).toEqual([2, 1]);
});

test.each(['malformed', 'internal'] as const)('%s: a dead letter, once the log takes it', async (type) => {
  const { given, refusals, letters } = options([{ type, message: 'Garbage.' }]);
  let away = true;
  const bury: TakeOptions['bury'] = (letter) => {
    if (!away) return given.bury(letter);
    away = false;
    return Promise.reject(new Error('Away.'));
  };
  expect(await takeRecord(record, { ...given, bury })).toEqual({ type: 'malformed', reason: 'Garbage.' });
  expect(refusals).toEqual(['Away.']);
  expect(letters).toEqual([
    { from: 'kafka-input', topic: 'otlp_spans', partition: '2', offset: '7', reason: 'Garbage.' },
  ]);
});

test('left where it is when nobody waits any longer', async () => {
  const stop = new AbortController();
  const { given, letters } = options([{ type: 'unavailable', message: 'Away.' }], {
    signal: stop.signal,
    patience: {
      wait() {
        stop.abort();
        return Promise.resolve();
      },
    },
  });
  expect(await takeRecord(record, given)).toEqual({ type: 'left' });
  expect(letters).toEqual([]);
});
