import { expect, it } from 'vitest';
import { LeaseLostError } from '../../errors.ts';
import { manualClock } from '../../testing/clock.ts';
import { createTenure } from './tenure.ts';

const SESSION_MS = 10_000;

it('runs from when a heartbeat was sent that was answered', () => {
  const clock = manualClock();
  const tenure = createTenure({ clock, sessionMs: SESSION_MS, rebalanceMs: SESSION_MS });
  expect(() => tenure.check(0)).toThrow(LeaseLostError);
  tenure.begin(7, clock.now());
  clock.moveBy(6_000);
  const sentAtMs = clock.now();
  clock.moveBy(3_000);
  tenure.answered(sentAtMs);
  clock.moveBy(6_999);
  tenure.check(0);
  clock.moveBy(1);
  expect(() => tenure.check(0)).toThrow(LeaseLostError);
  // An answer that comes late tells of nothing new.
  tenure.answered(sentAtMs - 1);
  expect(() => tenure.check(0)).toThrow(LeaseLostError);
});

it('lasts while members change, but not for longer than the coordinator waits', () => {
  const clock = manualClock();
  const tenure = createTenure({ clock, sessionMs: SESSION_MS, rebalanceMs: 15_000 });
  tenure.begin(1, clock.now());
  clock.moveBy(300);
  tenure.changing();
  for (let beats = 0; beats < 49; beats++) {
    tenure.answered(clock.now());
    clock.moveBy(300);
  }
  // 15 s after the last answer that knew of no change.
  expect(() => tenure.check(0)).toThrow(LeaseLostError);
  clock.moveBy(-1);
  tenure.check(0);
  tenure.begin(2, clock.now());
  clock.moveBy(SESSION_MS - 1);
  tenure.check(0);
  tenure.end();
  expect(() => tenure.check(0)).toThrow(LeaseLostError);
});
