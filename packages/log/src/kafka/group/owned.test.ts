import { expect, test } from 'vitest';
import { LeaseLostError } from '../../errors.ts';
import type { Lease, PartitionWorker } from '../../port.ts';
import { manualClock } from '../../testing/index.ts';
import { createOwned } from './owned.ts';
import { createTenure } from './tenure.ts';

const clock = manualClock();

function owned(open: (lease: Lease) => Promise<number>) {
  const leases: Lease[] = [];
  const worker = (lease: Lease): PartitionWorker => {
    leases.push(lease);
    return {
      open: () => open(lease),
      process: async () => undefined,
      idle: async () => undefined,
      resume: async () => undefined,
      close: async () => undefined,
    };
  };
  const tenure = createTenure({ clock, sessionMs: 10_000, rebalanceMs: 10_000 });
  tenure.begin(1, clock.now());
  const made = createOwned({
    join: { group: 'g', topic: 'spans', worker, idleMs: 100 },
    clock,
    tenure,
    openFeed: () => ({
      next: (_, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve([]))),
      close: () => undefined,
    }),
    commit: async () => undefined,
    onFailure: (error) => {
      throw error;
    },
  });
  return { made, leases };
}

test('a lease that was lost during a call stays lost when the partition comes back', async () => {
  let finish = (): void => undefined;
  const { made, leases } = owned(() => new Promise((resolve) => (finish = () => resolve(0))));
  made.resume([0]);
  await expect.poll(() => leases.length).toBe(1);
  void made.pause();
  // Its call lasts longer than the group waits.
  made.abandon();
  made.resume([0]);
  expect(() => leases[0]?.check()).toThrow(LeaseLostError);
  await expect(leases[0]?.commit(5, '')).rejects.toThrow(LeaseLostError);
  finish();
  await made.close();
});

test('one whose call was over in time goes on', async () => {
  const { made, leases } = owned(async () => 0);
  made.resume([0]);
  await expect.poll(() => leases.length).toBe(1);
  await made.pause();
  made.abandon();
  made.resume([0]);
  expect(() => leases[0]?.check()).not.toThrow();
  await made.close();
});
