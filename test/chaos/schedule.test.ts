import { expect, it } from 'vitest';

import { faults, makeSchedule } from './schedule.ts';

const options = { seed: 7, rounds: 3, sessionTimeoutMs: 6000 };

it('gives the same schedule for the same seed, and another for another', () => {
  expect(makeSchedule(options)).toEqual(makeSchedule(options));
  expect(makeSchedule(options)).not.toEqual(makeSchedule({ ...options, seed: 8 }));
});

it('has every fault once a round, and zombies that sleep for longer than their session', () => {
  const steps = makeSchedule(options);
  for (const fault of faults) expect(steps.filter((step) => step.fault === fault)).toHaveLength(3);
  expect(steps.filter(({ fault, forMs }) => fault === 'zombie' && forMs <= 6000)).toEqual([]);
});
