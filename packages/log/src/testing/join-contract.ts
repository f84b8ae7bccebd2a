import { describe, expect, it, vi } from 'vitest';
import { LeaseLostError, LogError } from '../errors.ts';
import type { JoinOptions, Lease, Log, NewRecord } from '../port.ts';
import { recordedWorkers } from './worker.ts';

const ticks = (count: number): NewRecord[] => Array.from({ length: count }, () => ({ key: null, value: null }));
const numbers = (from: number, count: number): number[] => Array.from({ length: count }, (_, k) => from + k);
const join = (worker: JoinOptions['worker'], more: Partial<JoinOptions> = {}): JoinOptions => ({
  group: 'assembler',
  topic: 'spans',
  idleMs: 20,
  worker,
  ...more,
});

/** Long enough for a group on a cluster to form. */
const PATIENCE = { timeout: 20_000, interval: 5 };

export function joinContract(log: () => Log): void {
  describe('join', () => {
    it('hands every partition to a worker, which gets all records in order', async () => {
      await log().append('spans', 0, ticks(3));
      await log().append('spans', 1, ticks(2));
      const workers = recordedWorkers();
      const member = await log().join(join(workers.worker));
      await vi.waitFor(() => expect(workers.processed.size).toBe(2), PATIENCE);
      await log().append('spans', 0, ticks(4));
      await vi.waitFor(() => expect(workers.processed.get(0)).toEqual(numbers(0, 7)), PATIENCE);
      expect(workers.processed.get(1)).toEqual(numbers(0, 2));
      expect(workers.overlapped()).toBe(false);
      await member.leave();
    });

    it('starts where open says', async () => {
      await log().append('spans', 0, ticks(10));
      const workers = recordedWorkers({ open: (partition) => (partition === 0 ? 6 : 0) });
      const member = await log().join(join(workers.worker));
      await vi.waitFor(() => expect(workers.processed.get(0)).toEqual(numbers(6, 4)), PATIENCE);
      await member.leave();
    });

    it('says when there is nothing to read, again and again', async () => {
      const workers = recordedWorkers();
      const member = await log().join(join(workers.worker));
      await vi.waitFor(() => expect(workers.calls.idle).toBeGreaterThan(4), PATIENCE);
      await member.leave();
    });

    it('keeps what a lease commits, for its group', async () => {
      const workers = recordedWorkers();
      const member = await log().join(join(workers.worker));
      await vi.waitFor(() => expect(workers.leases).toHaveLength(2), PATIENCE);
      expect(await log().committed('assembler', 'spans', 1)).toBeNull();
      const lease = leaseOf(workers.leases, 1);
      await lease.commit(4, '{"tracesFrom":2}');
      await lease.commit(5, '{"tracesFrom":3,"ü":1}');
      expect(await log().committed('assembler', 'spans', 1)).toEqual({
        offset: 5,
        metadata: '{"tracesFrom":3,"ü":1}',
      });
      expect(await log().committed('assembler', 'spans', 0)).toBeNull();
      expect(await log().committed('sink', 'spans', 1)).toBeNull();
      await member.leave();
    });

    it('lets a live lease append, and a lost one not', async () => {
      const workers = recordedWorkers();
      const member = await log().join(join(workers.worker));
      await vi.waitFor(() => expect(workers.leases).toHaveLength(2), PATIENCE);
      const lease = leaseOf(workers.leases, 0);
      lease.check();
      await log().append('traces', 0, ticks(1), lease);
      await member.leave();
      await member.ended;
      const before = await log().bounds('traces', 0);
      expect(() => lease.check()).toThrow(LeaseLostError);
      await expect(log().append('traces', 0, ticks(1), lease)).rejects.toBeInstanceOf(LeaseLostError);
      await expect(lease.commit(9, '')).rejects.toBeInstanceOf(LogError);
      expect(await log().bounds('traces', 0)).toEqual(before);
    });

    it('makes a new worker after a retryable failure', async () => {
      await log().append('spans', 0, ticks(3));
      let failures = 2;
      const told: unknown[] = [];
      const workers = recordedWorkers({
        process: () => {
          if (failures-- > 0) throw new LogError('try again', true);
        },
      });
      const onRetry = (partition: number, error: Error): void => void told.push([partition, error.message]);
      const member = await log().join(join(workers.worker, { onRetry }));
      await vi.waitFor(() => expect(workers.processed.get(0)).toEqual(numbers(0, 3)), PATIENCE);
      expect(told).toEqual([
        [0, 'try again'],
        [0, 'try again'],
      ]);
      expect(workers.leases.filter(({ partition }) => partition === 0)).toHaveLength(3);
      expect(workers.calls.close).toBe(2);
      await member.leave();
    });

    it('ends when a worker fails for good', async () => {
      await log().append('spans', 1, ticks(1));
      const workers = recordedWorkers({
        process: () => {
          throw new Error('broken');
        },
      });
      const member = await log().join(join(workers.worker));
      await expect(member.ended).rejects.toThrow('broken');
      await member.leave();
      expect(workers.calls.close).toBe(workers.leases.length);
    });

    it('leaves only when the call in progress is over and the workers are closed', async () => {
      await log().append('spans', 0, ticks(1));
      let finish = (): void => undefined;
      const gate = new Promise<void>((resolve) => (finish = resolve));
      let begun = false;
      const workers = recordedWorkers({
        process: () => {
          begun = true;
          return gate;
        },
        // A worker may still write what it holds.
        close: async () => leaseOf(workers.leases, 0).check(),
      });
      const member = await log().join(join(workers.worker));
      await vi.waitFor(() => expect(begun).toBe(true), PATIENCE);
      let left = false;
      const leaving = member.leave().then(() => (left = true));
      await log().append('traces', 0, ticks(1));
      expect(left).toBe(false);
      finish();
      await leaving;
      await member.ended;
      expect(workers.processed.get(0)).toEqual([0]);
      expect(workers.calls.close).toBe(2);
    });

    it('can be joined again after leaving, and goes on where the worker says', async () => {
      await log().append('spans', 0, ticks(2));
      const first = await log().join(join(recordedWorkers().worker));
      await first.leave();
      const workers = recordedWorkers({ open: (partition) => (partition === 0 ? 1 : 0) });
      const second = await log().join(join(workers.worker));
      await vi.waitFor(() => expect(workers.processed.get(0)).toEqual([1]), PATIENCE);
      await second.leave();
    });

    it('ends memberships when it is closed', async () => {
      const workers = recordedWorkers();
      const member = await log().join(join(workers.worker));
      await vi.waitFor(() => expect(workers.calls.open).toBe(2), PATIENCE);
      await log().close();
      await member.ended;
      expect(workers.calls.close).toBe(2);
      await expect(log().append('spans', 0, ticks(1))).rejects.toBeInstanceOf(LogError);
    });
  });
}

function leaseOf(leases: readonly Lease[], partition: number): Lease {
  const lease = leases.find((candidate) => candidate.partition === partition);
  if (lease === undefined) throw new Error(`No lease of partition ${partition} was granted.`);
  return lease;
}
