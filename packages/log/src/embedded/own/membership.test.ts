import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LogError } from '../../errors.ts';
import { manualClock } from '../../testing/clock.ts';
import { makeDataDir, type DataDir } from '../../testing/embedded.ts';
import { recordedWorkers } from '../../testing/worker.ts';

let data: DataDir;

beforeEach(async () => {
  data = await makeDataDir();
});
afterEach(() => data.discard());

it('waits 100 ms, then twice as long each time up to 5 s, between failing workers', async () => {
  const clock = manualClock();
  const log = await data.open({ partitions: 1, clock });
  let attempts = 0;
  const workers = recordedWorkers({
    open: () => {
      attempts++;
      throw new LogError('not yet', true);
    },
  });
  await log.join({ group: 'g', topic: 'spans', worker: workers.worker, idleMs: 1000 });
  for (const [failed, waitMs] of [100, 200, 400, 800, 1600, 3200, 5000, 5000].entries()) {
    // The log itself sleeps for 5 s between renewals of its lock, and for 30 s between retentions.
    await vi.waitFor(() => expect(attempts).toBe(failed + 1));
    await vi.waitFor(() => expect(clock.sleepers().filter((ms) => ms === waitMs).length).toBeGreaterThan(0));
    clock.moveBy(waitMs - 1);
    await new Promise(setImmediate);
    expect(attempts).toBe(failed + 1);
    clock.moveBy(1);
  }
});

it('calls idle only after idleMs without anything to read', async () => {
  const clock = manualClock();
  const log = await data.open({ partitions: 1, clock });
  const workers = recordedWorkers();
  await log.join({ group: 'g', topic: 'spans', worker: workers.worker, idleMs: 700 });
  await vi.waitFor(() => expect(clock.sleepers()).toContain(700));
  clock.moveBy(699);
  await log.append('spans', 0, [{ key: null, value: null }]);
  await vi.waitFor(() => expect(workers.processed.get(0)).toEqual([0]));
  await vi.waitFor(() => expect(clock.sleepers()).toContain(700));
  clock.moveBy(1);
  await new Promise(setImmediate);
  expect(workers.calls.idle).toBe(0);
  clock.moveBy(699);
  await vi.waitFor(() => expect(workers.calls.idle).toBe(1));
});

it('opens a worker again when retention has passed it, but not when it is beyond the end', async () => {
  const clock = manualClock();
  const log = await data.open({ partitions: 1, clock, retentionMs: 1000 });
  for (let n = 0; n < 3; n++) await log.append('spans', 0, [{ key: null, value: null }]);
  clock.moveBy(2000);
  await log.append('spans', 0, [{ key: null, value: null }]);
  await log.enforceRetention();
  let opened = 0;
  const late = recordedWorkers({ open: () => (opened++ === 0 ? 1 : 3) });
  const retried: string[] = [];
  const member = await log.join({
    group: 'late',
    topic: 'spans',
    worker: late.worker,
    idleMs: 1000,
    onRetry: (_, error) => retried.push(error.name),
  });
  await vi.waitFor(() => expect(retried).toEqual(['OutOfRangeError']));
  clock.moveBy(100);
  await vi.waitFor(() => expect(late.processed.get(0)).toEqual([3]));
  await member.leave();

  const beyond = recordedWorkers({ open: () => 99 });
  const lost = await log.join({
    group: 'beyond',
    topic: 'spans',
    worker: beyond.worker,
    idleMs: 1000,
  });
  await expect(lost.ended).rejects.toThrow(/spans\/0 has offsets 3 to 4; 99 is outside/);
});
