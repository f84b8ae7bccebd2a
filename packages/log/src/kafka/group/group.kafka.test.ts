import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LeaseLostError, LogError } from '../../errors.ts';
import type { Lease, LogRecord, Membership, PartitionWorker } from '../../port.ts';
import { machineClock } from '../../testing/clock.ts';
import { makeKafkaTopics, sharedBrokers, type KafkaTopics } from '../../testing/kafka.ts';
import { recordedWorkers } from '../../testing/worker.ts';
import type { KafkaLog, KafkaLogOptions } from '../log.ts';

const PARTITIONS = 8;
const PATIENCE = { timeout: 30_000, interval: 20 };
const tick = [{ key: null, value: null }];

let topics: KafkaTopics;

beforeEach(async () => {
  topics = await makeKafkaTopics(sharedBrokers(), { partitions: PARTITIONS });
});
afterEach(() => topics.discard());

/** What all members of a group see together: who works on what, and what was processed. */
interface Ledger {
  /** Processed offsets of each partition, in the order of time, over all members. */
  readonly processed: number[][];
  readonly busy: Set<number>;
  overlapped: boolean;
}

function createLedger(): Ledger {
  return { processed: Array.from({ length: PARTITIONS }, () => []), busy: new Set(), overlapped: false };
}

interface TestMember {
  readonly log: KafkaLog;
  readonly membership: Membership;
  readonly owned: Set<number>;
  opened: number;
  resumed: number;
}

async function startMember(ledger: Ledger, options: Partial<KafkaLogOptions> = {}): Promise<TestMember> {
  const log = await topics.open(options);
  const owned = new Set<number>();
  const counts = { opened: 0, resumed: 0 };

  async function alone<T>(partition: number, call: () => Promise<T>): Promise<T> {
    if (ledger.busy.has(partition)) ledger.overlapped = true;
    ledger.busy.add(partition);
    try {
      return await call();
    } finally {
      ledger.busy.delete(partition);
    }
  }

  const worker = (lease: Lease): PartitionWorker => {
    const { partition } = lease;
    const done = ledger.processed[partition] as number[];
    return {
      open: () =>
        alone(partition, async () => {
          owned.add(partition);
          counts.opened++;
          return (done.at(-1) ?? -1) + 1;
        }),
      process: (records) =>
        alone(partition, async () => {
          lease.check();
          await sleep(3);
          done.push(...records.map(({ offset }) => offset));
        }),
      idle: async () => undefined,
      resume: () =>
        alone(partition, async () => {
          lease.check();
          counts.resumed++;
        }),
      close: async () => void owned.delete(partition),
    };
  };
  const membership = await log.join({ group: 'assembler', topic: 'spans', worker, idleMs: 50 });
  return {
    log,
    membership,
    owned,
    get opened() {
      return counts.opened;
    },
    get resumed() {
      return counts.resumed;
    },
  };
}

async function untilShared(members: readonly TestMember[]): Promise<void> {
  await vi.waitFor(() => {
    const all = members.flatMap(({ owned }) => [...owned]).toSorted((a, b) => a - b);
    expect(all).toEqual(Array.from({ length: PARTITIONS }, (_, partition) => partition));
    for (const { owned } of members) expect(owned.size).toBeGreaterThanOrEqual(Math.floor(PARTITIONS / members.length));
  }, PATIENCE);
}

it('shares the partitions as members come and go: kept workers go on, each record is processed once and in order', async () => {
  const ledger = createLedger();
  const a = await startMember(ledger);
  await untilShared([a]);
  let writing = true;
  const written = Array.from({ length: PARTITIONS }, () => 0);
  const writer = Promise.all(
    written.map(async (_, partition) => {
      while (writing) {
        await a.log.append('spans', partition, [...tick, ...tick]);
        (written[partition] as number) += 2;
      }
    }),
  );
  const b = await startMember(ledger);
  await untilShared([a, b]);
  // Four went to b, and the other four stayed with their workers.
  expect(a.opened).toBe(PARTITIONS);
  await vi.waitFor(() => expect(a.resumed).toBe(PARTITIONS / 2), PATIENCE);
  const c = await startMember(ledger);
  await untilShared([a, b, c]);
  await b.membership.leave();
  await untilShared([a, c]);
  writing = false;
  await writer;
  await vi.waitFor(() => expect(ledger.processed.map((offsets) => offsets.length)).toEqual(written), PATIENCE);
  for (const [partition, offsets] of ledger.processed.entries()) {
    expect(offsets).toEqual(Array.from({ length: written[partition] as number }, (_, k) => k));
  }
  expect(ledger.overlapped).toBe(false);
  // 8 → 4 + 4 → 3 + 3 + 2 → 4 + 4: at most 4, 3 and 4 moved.
  expect(a.opened + b.opened + c.opened).toBeLessThanOrEqual(PARTITIONS + 4 + 3 + 4);
});

it('does not begin again with a worker that refuses to resume', async () => {
  let refuse = true;
  const retried: number[] = [];
  const workers = recordedWorkers({
    resume() {
      if (refuse) throw new LogError('somebody else had it', true);
    },
  });
  const log = await topics.open();
  const first = await log.join({
    group: 'assembler',
    topic: 'spans',
    worker: workers.worker,
    idleMs: 50,
    onRetry: (partition) => retried.push(partition),
  });
  await vi.waitFor(() => expect(workers.calls.open).toBe(PARTITIONS), PATIENCE);
  const other = await startMember(createLedger());
  await vi.waitFor(() => expect(retried).toHaveLength(PARTITIONS / 2), PATIENCE);
  refuse = false;
  await vi.waitFor(() => expect(workers.calls.open).toBe(PARTITIONS + PARTITIONS / 2), PATIENCE);
  expect(workers.overlapped()).toBe(false);
  await other.membership.leave();
  await first.leave();
});

it('waits for a call in progress, but not for ever: then its lease is over', async () => {
  await topics.open().then((log) => log.append('spans', 0, tick));
  const finish: (() => void)[] = [];
  const refused: unknown[] = [];
  const log = await topics.open({ rebalanceTimeoutMs: 2_000 });
  const workers = recordedWorkers({
    process: async (_: readonly LogRecord[], partition) => {
      await new Promise<void>((resolve) => finish.push(resolve));
      const lease = workers.leases.find((one) => one.partition === partition);
      await log.append('traces', partition, tick, lease).catch((error: unknown) => {
        refused.push(error);
        throw error;
      });
    },
  });
  const stuck = await log.join({ group: 'assembler', topic: 'spans', worker: workers.worker, idleMs: 50 });
  await vi.waitFor(() => expect(finish).toHaveLength(1), PATIENCE);
  const ledger = createLedger();
  const other = await startMember(ledger, { rebalanceTimeoutMs: 2_000 });
  await vi.waitFor(() => expect(other.owned.size).toBe(PARTITIONS / 2), PATIENCE);
  finish[0]?.();
  await vi.waitFor(() => expect(refused).toHaveLength(1), PATIENCE);
  expect(refused[0]).toBeInstanceOf(LeaseLostError);
  expect((await log.bounds('traces', 0)).high).toBe(0);
  // A new worker may process it again.
  const ends = setInterval(() => finish.at(-1)?.(), 50);
  await stuck.leave();
  clearInterval(ends);
});

it('keeps the lease through a call that takes longer than the session', async () => {
  const log = await topics.open({ sessionTimeoutMs: 1_000 });
  await log.append('spans', 0, tick);
  const leases: Lease[] = [];
  let appended = false;
  const workers = recordedWorkers({
    process: async () => {
      await sleep(2_500);
      await log.append('traces', 0, tick, leases[0]);
      appended = true;
    },
  });
  const member = await log.join({
    group: 'assembler',
    topic: 'spans',
    idleMs: 50,
    worker(lease) {
      if (lease.partition === 0) leases.push(lease);
      return workers.worker(lease);
    },
  });
  await vi.waitFor(() => expect(appended).toBe(true), PATIENCE);
  expect(leases).toHaveLength(1);
  await member.leave();
});

it('ends the lease by the clock when nothing was answered for the session timeout', async () => {
  let aheadMs = 0;
  const clock = { ...machineClock, now: () => Date.now() + aheadMs };
  const log = await topics.open({ clock, sessionTimeoutMs: 10_000 });
  const workers = recordedWorkers();
  const member = await log.join({ group: 'assembler', topic: 'spans', worker: workers.worker, idleMs: 50 });
  await vi.waitFor(() => expect(workers.calls.idle).toBeGreaterThan(0), PATIENCE);
  const lease = workers.leases[0] as Lease;
  lease.check();
  // As after a long stop of the process: its timers run before anything tells that time has passed.
  aheadMs = 10_000;
  expect(() => lease.check()).toThrow(LeaseLostError);
  const refused = log.append('traces', lease.partition, tick, lease);
  await expect(refused).rejects.toBeInstanceOf(LeaseLostError);
  await expect(lease.commit(1, '')).rejects.toBeInstanceOf(LogError);
  expect((await log.bounds('traces', lease.partition)).high).toBe(0);
  // The coordinator had not given it to anybody: with the next answer it goes on.
  await vi.waitFor(() => lease.check(), PATIENCE);
  await member.leave();
});

it('refuses a commit of somebody who had the partition before', async () => {
  const log = await topics.open();
  const workers = recordedWorkers();
  const first = await log.join({ group: 'assembler', topic: 'spans', worker: workers.worker, idleMs: 50 });
  await vi.waitFor(() => expect(workers.leases).toHaveLength(PARTITIONS), PATIENCE);
  const other = await startMember(createLedger());
  await vi.waitFor(() => expect(other.owned.size).toBe(PARTITIONS / 2), PATIENCE);
  const lost = workers.leases.filter(({ partition }) => other.owned.has(partition));
  for (const lease of lost) await expect(lease.commit(99, 'late')).rejects.toBeInstanceOf(LeaseLostError);
  expect(await log.committed('assembler', 'spans', (lost[0] as Lease).partition)).toBeNull();
  await first.leave();
});
