import { setTimeout as sleep } from 'node:timers/promises';

import type { Cluster } from './cluster.ts';
import type { RoleName, Worker } from './worker.ts';

/** Runs as many workers of each role as wanted, and starts another where one ended: what an orchestrator does. */
export interface Fleet {
  /** Those that run now. */
  workers(role?: RoleName): readonly Worker[];
  /** Starts what is missing, stops what is too many (SIGTERM, the oldest first). */
  scale(role: RoleName, count: number): Promise<void>;
  /** How often a worker of ours ended by itself: not killed, not stopped. */
  readonly deaths: { role: RoleName; output: string }[];
  /** Told that the end of this worker is our doing. */
  expectEnd(worker: Worker): void;
  /** Resolves when all that are wanted are ready. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

const restartMs = 300;

export function startFleet(cluster: Cluster, flags: readonly string[]): Fleet {
  const wanted = new Map<RoleName, number>();
  const running = new Set<Worker>();
  const expected = new Set<Worker>();
  const deaths: Fleet['deaths'] = [];
  let stopping = false;
  let changing = Promise.resolve();

  async function launch(role: RoleName): Promise<void> {
    const worker = await cluster.start(role, flags);
    running.add(worker);
    void worker.group.exited.then(async () => {
      running.delete(worker);
      if (!expected.has(worker) && !stopping) deaths.push({ role, output: worker.group.output() });
      // What is left of its group must not hold on to anything.
      await worker.group.kill();
      await sleep(restartMs);
      await adjust();
    });
  }

  /** One change at a time: two at once would both start what is missing. */
  async function adjust(): Promise<void> {
    changing = changing.then(async () => {
      for (const [role, count] of wanted) {
        const mine = [...running].filter((worker) => worker.role === role && !expected.has(worker));
        for (let n = mine.length; n < count && !stopping; n++) await launch(role);
        for (const worker of mine.slice(0, Math.max(0, mine.length - count))) {
          expected.add(worker);
          await worker.group.stop();
        }
      }
    });
    await changing;
  }

  return {
    workers: (role) => [...running].filter((worker) => role === undefined || worker.role === role),
    async scale(role, count) {
      wanted.set(role, count);
      await adjust();
    },
    deaths,
    expectEnd: (worker) => void expected.add(worker),
    async settled() {
      await Promise.all([...running].map((worker) => worker.ready()));
    },
    async stop() {
      stopping = true;
      await changing;
      await Promise.all([...running].map((worker) => worker.group.stop()));
    },
  };
}
