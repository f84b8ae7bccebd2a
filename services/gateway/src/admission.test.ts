import { expect, test } from 'vitest';
import { createAdmission } from './admission.ts';
import type { Admission, Hold } from './admission.ts';

function admissionOf(maxInflightBytes: number, refuseBecause: () => string | null = () => null): Admission {
  return createAdmission({ maxInflightBytes, retryAfterMs: 1000, refuseBecause });
}

function entered(admission: Admission, bytes: number): Hold {
  const hold = admission.enter(bytes);
  if ('type' in hold) throw new Error(`refused: ${hold.message}`);
  return hold;
}

test('beyond the limit a request is told when to come back, and enters once another has left', () => {
  const admission = admissionOf(100);
  const first = entered(admission, 80);
  expect(admission.enter(21)).toMatchObject({ type: 'overloaded', retryAfterMs: 1000 });
  expect(admission.inflightBytes()).toBe(80);
  first.leave();
  first.leave();
  expect(admission.inflightBytes()).toBe(0);
  entered(admission, 100);
});

test('a body that turns out larger than announced is counted as it is', () => {
  const admission = admissionOf(100);
  const hold = entered(admission, 10);
  expect(hold.raise(60)).toBe(true);
  expect(hold.raise(20)).toBe(true);
  expect(admission.inflightBytes()).toBe(60);
  expect(hold.raise(101)).toBe(false);
  hold.leave();
  expect(admission.inflightBytes()).toBe(0);
});

test('it refuses for as long as there is another reason', () => {
  let reason: string | null = 'The disk is full.';
  const admission = admissionOf(100, () => reason);
  expect(admission.enter(1)).toEqual({ type: 'unavailable', message: 'The disk is full.' });
  reason = null;
  entered(admission, 1);
});

test('closing waits for those inside and lets nobody in', async () => {
  const admission = admissionOf(100);
  const hold = entered(admission, 1);
  let closed = false;
  const closing = admission.close().then(() => (closed = true));
  expect(admission.enter(1)).toMatchObject({ type: 'unavailable' });
  await Promise.resolve();
  expect(closed).toBe(false);
  hold.leave();
  await closing;
});
