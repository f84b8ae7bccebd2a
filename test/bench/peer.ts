import { fileURLToPath } from 'node:url';

import { type ProcessGroup, freePort, startGroup } from '@spanloom/engines';
import kafkajs from 'kafkajs';

import { waitFor } from '../harness/wait.ts';
import { prepareLoad } from './load-process.ts';
import { type Measurement, measure } from './measure.ts';

export interface PeerOptions {
  /** The collector, built from `peer/manifest.yaml`. */
  readonly binary: string;
  readonly brokers: readonly string[];
  readonly partitions: number;
  readonly traces: number;
  readonly startMs: number;
}

export interface Peer {
  /** Each of its pipelines once over all the spans. */
  run(): Promise<Measurement[]>;
}

const topic = 'bench-otlp';

/** Where its pipelines end: the spans that came out of each, by its own counters. */
const pipelines = [
  { name: 'groupbytrace', file: 'group.yaml' },
  { name: 'servicegraph', file: 'group-graph.yaml' },
] as const;

/** Writes the same spans into a topic as collectors read them. */
export async function preparePeer(options: PeerOptions): Promise<Peer> {
  const { brokers, partitions, traces, startMs } = options;
  const admin = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.ERROR }).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: partitions, replicationFactor: 1 }] });
  await admin.disconnect();
  const load = await prepareLoad({ seed: 10, traces, startMs, to: { kind: 'topic', brokers, topic } });
  await load.send();
  let runs = 0;
  return {
    async run() {
      const measured: Measurement[] = [];
      for (const { name, file } of pipelines) measured.push(await runOnce(options, name, file, load.spans, ++runs));
      return measured;
    },
  };
}

async function runOnce(
  { binary, brokers }: PeerOptions,
  stage: string,
  file: string,
  spans: number,
  run: number,
): Promise<Measurement> {
  const [selfPort, graphPort] = await Promise.all([freePort(), freePort()]);
  const config = (name: string): string => fileURLToPath(new URL(`../../bench/peer/${name}`, import.meta.url));
  const collector = await startGroup(binary, ['--config', config('base.yaml'), '--config', config(file)], {
    env: {
      ...process.env,
      // One core, as one of our processes has one thread that computes.
      GOMAXPROCS: '1',
      BENCH_BROKERS: brokers.join(','),
      BENCH_TOPIC: topic,
      BENCH_GROUP: `bench-peer-${run}`,
      BENCH_SELF_PORT: String(selfPort),
      BENCH_GRAPH_PORT: String(graphPort),
    },
  });
  try {
    await waitFor(async () => released(selfPort), { withinMs: 60_000, what: 'the collector' }).catch(
      (error: unknown) => {
        throw new Error(`${String(error)}\n${collector.output()}`);
      },
    );
    return await measure({
      stage,
      spans,
      pids: [collector.pid],
      beside: {},
      done: () => progress(collector, selfPort),
      withinMs: 300_000,
    });
  } finally {
    await collector.stop();
  }
}

/** What waits was received and decoded, which is about half of the work. */
async function progress(collector: ProcessGroup, port: number): Promise<number> {
  if (!collector.running()) throw new Error(`the collector ended:\n${collector.output()}`);
  const accepted = await counter(port, 'otelcol_receiver_accepted_spans');
  return (accepted + (await released(port))) / 2;
}

function released(port: number): Promise<number> {
  return counter(port, 'otelcol_processor_groupbytrace_spans_released');
}

async function counter(port: number, name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const lines = text.matchAll(new RegExp(`^${name}(?:_total)?(?:__spans_|_total)?(?:\\{[^}]*\\})? (\\S+)$`, 'gm'));
  return [...lines].reduce((sum, [, value]) => sum + Number(value), 0);
}
