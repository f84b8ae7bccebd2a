import { setTimeout as sleep } from 'node:timers/promises';

import type { Audit } from '../harness/audit.ts';
import { startCluster } from '../harness/cluster.ts';
import type { EdgeCounts } from '../load/ledger.ts';

import { bring } from './faults.ts';
import { startFleet } from '../harness/fleet.ts';
import { drained, edgesOf, immortalKeys, openTraces, splitTraces } from '../harness/outcome.ts';
import type { Fault, Step } from './schedule.ts';
import { startTraffic } from '../load/traffic.ts';

export interface ChaosOptions {
  readonly seed: number;
  readonly schedule: readonly Step[];
  readonly partitions: number;
  readonly spansPerSecond: number;
  readonly sessionTimeoutMs: number;
  readonly say: (line: string) => void;
}

/** What a run came to. */
export interface ChaosResult {
  readonly faults: Readonly<Partial<Record<Fault, number>>>;
  readonly traces: number;
  readonly spans: number;
  readonly traffic: Readonly<Record<string, number>>;
  readonly audit: Audit;
  readonly edges: Record<string, EdgeCounts>;
  readonly ledger: Record<string, EdgeCounts>;
  readonly openTraces: number;
  /** Keys of Redis without a TTL. */
  readonly immortalKeys: readonly string[];
  /** Traces with more than one fragment: of which nothing came late or twice, and others, where that is right. */
  readonly split: { readonly punctual: number; readonly others: number };
  /** Workers that ended by themselves and were started again. */
  readonly deaths: readonly { readonly role: string; readonly output: string }[];
}

const gateways = 2;
const assemblers = 3;
const sinks = 2;
const settleMs = 2000;
const quietMs = 6000;

/** Two gateways, three assemblers and two sinks under traffic, while everything goes wrong. */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { seed, schedule, partitions, say } = options;
  const cluster = await startCluster({
    partitions,
    flags: [
      `--settle=${settleMs}ms`,
      `--quiet=${quietMs}ms`,
      `--kafka-session-timeout=${options.sessionTimeoutMs}ms`,
      // Below what an outage brings: a sink that does not look counts twice.
      '--clickhouse-deduplication-window=8',
      // Fewer and larger batches: one ClickHouse on a small machine makes some 100 inserts a second at best.
      '--cut-interval=2s',
    ],
  });
  const fleet = startFleet(cluster, ['--log-level', 'info', '--log-format', 'json']);
  try {
    await fleet.scale('gateway', gateways);
    await fleet.scale('sink', sinks);
    await fleet.scale('assembler', assemblers);
    await fleet.settled();
    const traffic = startTraffic({
      seed: seed + 1,
      spansPerSecond: options.spansPerSecond,
      ports: () => fleet.workers('gateway').map(({ ports }) => ports.http),
      lateMs: settleMs + 6000,
      settleMs,
    });

    const done: Partial<Record<Fault, number>> = {};
    for (const [number, step] of schedule.entries()) {
      await sleep(step.afterMs);
      const what = await bring[step.fault]({ cluster, fleet, assemblers }, step);
      done[step.fault] = (done[step.fault] ?? 0) + 1;
      say(`${number + 1}/${schedule.length} ${what}; ${traffic.ledger.spans} spans`);
    }
    await traffic.finish();
    say(`all sent: ${traffic.ledger.spans} spans, ${traffic.counts.retries} sent again`);
    await fleet.settled();
    const audit = await drained(cluster, fleet);
    return {
      faults: done,
      traces: traffic.ledger.traces,
      spans: traffic.ledger.spans,
      traffic: { ...traffic.counts },
      audit,
      edges: await edgesOf(fleet),
      ledger: traffic.ledger.counts(),
      openTraces: await openTraces(fleet),
      immortalKeys: await immortalKeys(cluster),
      split: await splitTraces(cluster, traffic.punctual),
      deaths: fleet.deaths,
    };
  } finally {
    await fleet.stop();
    await cluster.stop();
  }
}
