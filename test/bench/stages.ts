import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Cluster } from '../harness/cluster.ts';
import { Pipeline, dataDir, freePorts } from '../harness/pipeline.ts';
import { waitFor } from '../harness/wait.ts';
import type { RoleName, Worker } from '../harness/worker.ts';
import type { EdgeCounts } from '../load/ledger.ts';
import { childrenOf } from '../harness/processes.ts';
import { prepareLoad } from './load-process.ts';
import { type Measurement, measure } from './measure.ts';
import { profileFlags } from './profile.ts';
import { addCounts } from './work.ts';

/** One of the builds that are compared. */
export interface Build {
  /** Stands behind the names of its stages. */
  readonly suffix: string;
  readonly node: readonly string[];
}

export interface StageOptions {
  readonly cluster: Cluster;
  /** Traces of one load. */
  readonly traces: number;
  /** Unix milliseconds of the spans. */
  readonly startMs: number;
  /** Folder for CPU profiles, or null. */
  readonly profiles: string | null;
  /** What Node runs: flags, and the compiled command. */
  readonly build: Build;
  /** What must come of everything that was sent. */
  readonly ledger: Record<string, EdgeCounts>;
}

/** Traces are preloaded within seconds, so what is open at once is what came within one. */
export const stageFlags: readonly string[] = ['--settle=1s', '--quiet=20s'];

const withinMs = 300_000;

/** A load over gRPC, then assembler and sink by themselves on it; another over HTTP, then both together. */
export async function runClusterStages(options: StageOptions, seed: number): Promise<Measurement[]> {
  const overGrpc = await measureGateway(options, 'gateway', seed);
  const assembled = await measureAssembler(options, overGrpc.spans);
  const stored = await measureSink(options, overGrpc.spans);
  const overHttp = await measureGateway(options, 'gatewayHttp', seed + 1);
  const together = await measurePipeline(options, overHttp.spans);
  return [overGrpc, assembled, stored, overHttp, together];
}

async function measureGateway(
  options: StageOptions,
  stage: 'gateway' | 'gatewayHttp',
  seed: number,
): Promise<Measurement> {
  const { cluster, traces, startMs, ledger } = options;
  const gateway = await startRole(options, 'gateway', stage);
  try {
    const kind = stage === 'gateway' ? 'grpc' : 'http';
    const load = await prepareLoad({ seed, traces, startMs, to: { kind, port: gateway.ports[kind] } });
    addCounts(ledger, load.counts);
    return await measure({
      stage: stage + options.build.suffix,
      spans: load.spans,
      pids: [gateway.group.pid],
      beside: { kafka: cluster.kafka.group().pid },
      begin: () => load.send(),
      done: () => gateway.metric('spanloom_gateway_spans_total'),
      withinMs,
    });
  } finally {
    await gateway.group.stop();
  }
}

async function measureAssembler(options: StageOptions, spans: number): Promise<Measurement> {
  const { cluster } = options;
  const assembler = await startRole(options, 'assembler', 'assembler');
  try {
    const measurement = await measure({
      stage: 'assembler' + options.build.suffix,
      spans,
      pids: [assembler.group.pid],
      beside: { kafka: cluster.kafka.group().pid, redis: cluster.redis.group().pid },
      done: () => assembled(assembler),
      withinMs,
    });
    await untilCut(assembler);
    return measurement;
  } finally {
    await assembler.group.stop();
  }
}

/** What is open was read and buffered, which is about half of the work. */
async function assembled({ ports }: Worker): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${ports.health}/metrics`)).text();
  return sumOf(metrics, 'spanloom_assembler_spans_total') + sumOf(metrics, 'spanloom_assembler_open_spans') / 2;
}

/** Until the heartbeats behind the last traces lie in another interval: the sink stores no earlier. */
async function untilCut(assembler: Worker): Promise<void> {
  await waitFor(async () => ((await assembler.metric('spanloom_assembler_open_traces')) === 0 ? true : null), {
    withinMs,
    what: 'no open trace',
  });
  await sleep(2500);
}

async function measureSink(options: StageOptions, spans: number): Promise<Measurement> {
  const { cluster } = options;
  const sink = await startRole(options, 'sink', 'sink');
  try {
    return await measure({
      stage: 'sink' + options.build.suffix,
      spans,
      pids: [sink.group.pid],
      beside: { kafka: cluster.kafka.group().pid, clickhouse: cluster.clickhouse.pid() ?? 0 },
      done: () => sink.metric('spanloom_sink_spans_total'),
      withinMs,
    });
  } finally {
    await sink.group.stop();
  }
}

async function measurePipeline(options: StageOptions, spans: number): Promise<Measurement> {
  const { cluster } = options;
  const workers = await Promise.all([startRole(options, 'assembler', null), startRole(options, 'sink', null)]);
  const [assembler, sink] = workers;
  try {
    return await measure({
      stage: 'pipeline' + options.build.suffix,
      spans,
      pids: workers.map(({ group }) => group.pid),
      beside: {
        kafka: cluster.kafka.group().pid,
        redis: cluster.redis.group().pid,
        clickhouse: cluster.clickhouse.pid() ?? 0,
      },
      // Each does about half of it.
      done: async () => ((await assembled(assembler)) + (await sink.metric('spanloom_sink_spans_total'))) / 2,
      withinMs,
    });
  } finally {
    await Promise.all(workers.map(({ group }) => group.stop()));
  }
}

/** @param profile the name of its CPU profile, or null for none. */
async function startRole(
  { cluster, profiles, build }: StageOptions,
  role: RoleName,
  profile: string | null,
): Promise<Worker> {
  const node = profiles === null || profile === null ? [] : profileFlags(profiles, profile + build.suffix);
  const worker = await cluster.start(role, stageFlags, [...node, ...build.node]);
  await worker.ready();
  return worker;
}

/** The whole pipeline in one process tree, from OTLP until what was sent can be queried. */
export async function measureEmbedded(
  options: Omit<StageOptions, 'cluster' | 'build'>,
  seed: number,
): Promise<{
  readonly measurement: Measurement;
  readonly counts: Readonly<Record<string, EdgeCounts>>;
  readonly pipeline: Pipeline;
  stop(): Promise<void>;
}> {
  const folder = await dataDir();
  const node = options.profiles === null ? [] : profileFlags(options.profiles, 'embedded');
  const flags = ['--no-demo', ...stageFlags];
  const pipeline = await Pipeline.start(join(folder.path, 'data'), await freePorts(), flags, node);
  const stop = async (): Promise<void> => {
    await pipeline.stop();
    await folder.remove();
  };
  try {
    const to = { kind: 'http', port: pipeline.ports.http } as const;
    const load = await prepareLoad({ seed, traces: options.traces, startMs: options.startMs, to });
    const engine = await childrenOf(pipeline.pid);
    const measurement = await measure({
      stage: 'embedded',
      spans: load.spans,
      pids: [pipeline.pid, ...engine],
      beside: { 'main process': pipeline.pid },
      begin: () => load.send(),
      done: async () => sumOf(await pipeline.metrics(), 'spanloom_sink_spans_total'),
      withinMs,
    });
    return { measurement, counts: load.counts, pipeline, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function sumOf(metrics: string, name: string): number {
  return metrics
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
