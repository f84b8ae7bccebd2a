import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type KafkaBroker, type RedisServer, startKafka, startRedis } from '@spanloom/engines';
import { systemClock } from '@spanloom/runtime';
import { type EmbeddedEngine, startEmbedded } from '@spanloom/store';

import type { Audit } from './audit.ts';
import { type Ended, cli, spanloom } from './pipeline.ts';
import { type RoleName, type Worker, startWorker } from './worker.ts';

export interface ClusterOptions {
  readonly partitions: number;
  /** Settings of every role. */
  readonly flags?: readonly string[];
  /** More arguments of redis-server. */
  readonly redis?: readonly string[];
}

/** Kafka, Redis and ClickHouse of a test's own, and the commands that run on them. */
export interface Cluster {
  readonly kafka: KafkaBroker;
  readonly redis: RedisServer;
  readonly clickhouse: EmbeddedEngine;
  readonly flags: readonly string[];
  start(role: RoleName, flags?: readonly string[], node?: readonly string[]): Promise<Worker>;
  run(command: string, ...flags: readonly string[]): Promise<Ended>;
  audit(): Promise<Audit & { readonly code: number | null }>;
  /** Kills what was started and removes what it left. */
  stop(): Promise<void>;
}

export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const folder = await mkdtemp(join(tmpdir(), 'spanloom-cluster-'));
  const undo: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true, maxRetries: 5 })];
  const workers: Worker[] = [];
  async function stop(): Promise<void> {
    await Promise.all(workers.map(({ group }) => group.kill()));
    for (const each of undo.toReversed()) await each();
  }
  try {
    const [kafka, redis, clickhouse] = await Promise.all([
      startKafka(),
      startRedis({ args: options.redis ?? [] }),
      startEmbedded({ dataDir: join(folder, 'clickhouse'), clock: systemClock }),
    ]);
    undo.push(
      () => kafka.stop(),
      () => redis.stop(),
      () => clickhouse.close(),
    );
    const flags = [
      `--kafka-brokers=${kafka.brokers.join(',')}`,
      `--redis-url=${redis.url}`,
      `--clickhouse-url=${clickhouse.url}`,
      `--clickhouse-password=${clickhouse.secret}`,
      ...(options.flags ?? []),
    ];
    const topics = ['--kafka-partitions', String(options.partitions), '--kafka-replication-factor', '1'];
    const made = await spanloom('migrate', ...flags, ...topics, '--kafka-min-insync-replicas', '1');
    if (made.code !== 0) throw new Error(`migrate: ${made.code}\n${made.stdout}${made.stderr}`);

    return {
      kafka,
      redis,
      clickhouse,
      flags,
      async start(role, more = [], node = [cli]) {
        const worker = await startWorker(role, [...flags, ...more], node);
        workers.push(worker);
        return worker;
      },
      run: (command, ...more) => spanloom(command, ...flags, ...more),
      async audit() {
        const { code, stdout, stderr } = await spanloom('audit', '--json', ...flags);
        if (stdout === '') throw new Error(stderr);
        return { ...(JSON.parse(stdout) as Audit), code };
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
