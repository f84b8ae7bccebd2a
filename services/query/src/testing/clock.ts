import type { Clock } from '@spanloom/span';

/** For tests: a clock that stands still. */
export function clockAt(nowMs: number): Clock {
  return { now: () => nowMs, sleep: async () => {} };
}
