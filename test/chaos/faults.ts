import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { Redis } from 'ioredis';

import type { Cluster } from '../harness/cluster.ts';
import type { Worker } from '../harness/worker.ts';

import type { Fleet } from '../harness/fleet.ts';
import type { Fault, Step } from './schedule.ts';

export interface FaultContext {
  readonly cluster: Cluster;
  readonly fleet: Fleet;
  /** Assemblers that run between two faults. */
  readonly assemblers: number;
}

/** SIGTERM ended the process before it could listen for it: before its first line of log. */
const notBegun = 143;
/** What it says where an engine answered too late for an orderly end: then it ends as after a crash. */
const drainedTooLong = 'not everything stopped within';

/** Brings the fault about and heals it. Answers what exactly was done. */
export const bring: Readonly<Record<Fault, (context: FaultContext, step: Step) => Promise<string>>> = {
  async kill({ fleet }, step) {
    const worker = pick(fleet.workers(), step.target);
    fleet.expectEnd(worker);
    await worker.group.kill();
    return `kill -9 of the ${named(worker)}`;
  },
  async terminate({ fleet }, step) {
    const worker = pick(fleet.workers(), step.target);
    fleet.expectEnd(worker);
    await worker.group.stop();
    const code = await worker.group.exited;
    if (code === 0) return `SIGTERM to the ${named(worker)}`;
    const output = worker.group.output();
    if (code === notBegun && !output.includes('{')) return `SIGTERM to the ${named(worker)}, which had not begun`;
    if (code === 1 && output.includes(drainedTooLong)) return `SIGTERM to the ${named(worker)}, which gave up waiting`;
    throw new Error(`the ${named(worker)} left with ${code}:\n${output}`);
  },
  async zombie({ fleet }, step) {
    const workers = fleet.workers().filter(({ role }) => role === 'assembler' || role === 'sink');
    const worker = pick(workers, step.target);
    worker.group.signal('SIGSTOP');
    await sleep(step.forMs);
    worker.group.signal('SIGCONT');
    return `the ${named(worker)} slept for ${step.forMs} ms`;
  },
  async 'redis restart'({ cluster }, step) {
    await withRedis(cluster, (redis) => redis.save());
    await cluster.redis.kill();
    await sleep(step.forMs);
    await cluster.redis.start();
    return `Redis was killed, and away for ${step.forMs} ms`;
  },
  async 'redis wiped'({ cluster }) {
    await withRedis(cluster, (redis) => redis.flushall());
    return 'Redis was wiped';
  },
  async 'redis rolled back'({ cluster }, step) {
    const dump = join(cluster.redis.dir, 'dump.rdb');
    const kept = join(cluster.redis.dir, 'kept.rdb');
    await withRedis(cluster, (redis) => redis.save());
    await copyFile(dump, kept);
    await sleep(step.forMs);
    await cluster.redis.kill();
    await copyFile(kept, dump);
    await cluster.redis.start();
    return `Redis went back by ${step.forMs} ms`;
  },
  async 'kafka restart'({ cluster }, step) {
    await cluster.kafka.kill();
    await sleep(step.forMs);
    await cluster.kafka.start();
    return `the broker was killed, and away for ${step.forMs} ms`;
  },
  async 'clickhouse outage'({ cluster }, step) {
    const pid = cluster.clickhouse.pid();
    if (pid === null) return 'ClickHouse was down already';
    process.kill(pid, 'SIGSTOP');
    await sleep(step.forMs * 3);
    process.kill(pid, 'SIGCONT');
    return `ClickHouse did not answer for ${step.forMs * 3} ms`;
  },
  async 'clickhouse killed'({ cluster }) {
    const pid = cluster.clickhouse.pid();
    if (pid === null) return 'ClickHouse was down already';
    process.kill(pid, 'SIGKILL');
    return 'ClickHouse was killed, whatever it was inserting';
  },
  async scale({ fleet, assemblers }) {
    for (const count of [1, 4, 2, assemblers]) {
      await fleet.scale('assembler', count);
      await fleet.settled();
    }
    return `assemblers: ${assemblers} → 1 → 4 → 2 → ${assemblers}`;
  },
};

function pick(workers: readonly Worker[], target: number): Worker {
  const worker = workers[Math.floor(target * workers.length)];
  if (worker === undefined) throw new Error('no worker runs');
  return worker;
}

function named({ role, group }: Worker): string {
  return `${role} (pid ${group.pid})`;
}

async function withRedis(cluster: Cluster, use: (redis: Redis) => Promise<unknown>): Promise<void> {
  const redis = new Redis(cluster.redis.url, { lazyConnect: true, maxRetriesPerRequest: 3 });
  try {
    await redis.connect();
    await use(redis);
  } finally {
    redis.disconnect();
  }
}
