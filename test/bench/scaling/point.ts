import { execFile } from 'node:child_process';
import { cpus } from 'node:os';
import { promisify } from 'node:util';

import type { NewRecord } from '@spanloom/log';
import { Redis } from 'ioredis';

import type { Cluster } from '../../harness/cluster.ts';
import { cli, spanloom } from '../../harness/pipeline.ts';
import { waitFor } from '../../harness/wait.ts';
import { type Worker, startWorker } from '../../harness/worker.ts';
import { Random } from '../../load/random.ts';
import { profileFlags } from '../profile.ts';
import { calibrate, cpuSecondsOf, rssMbOf } from '../usage.ts';
import { openLoader } from './loader.ts';
import { type Shape, traceRecords } from './shape.ts';

/** One point of a curve. */
export interface Point {
  readonly x: number;
  readonly assemblerUsPerSpan: number;
  readonly sinkUsPerSpan: number | null;
  readonly redisUsPerSpan: number;
  readonly assemblerRssMb: number;
  readonly redisBytesPerSpan: number | null;
  readonly calibrationSeconds: number;
}

export interface PointOptions {
  readonly cluster: Cluster;
  readonly x: number;
  readonly shape: Shape;
  readonly traces: number;
  readonly partitions: number;
  /** Every trace gets all but its first chunk before any gets that: all are open at once. */
  readonly allOpen: boolean;
  readonly assemblers: number;
  readonly withSink: boolean;
  /** Where each assembler writes its CPU profile, and what it is called; null for none. */
  readonly profile: { readonly folder: string; readonly name: string } | null;
}

const withinMs = 300_000;
let points = 0;

/** Topics, keys and a database of its own in the cluster; the spans first, then those who work on them. */
export async function measurePoint(options: PointOptions): Promise<Point> {
  const prefix = `scale${++points}_`;
  const { cluster, partitions } = options;
  const flags = [
    ...cluster.flags,
    `--prefix=${prefix}`,
    '--settle=2s',
    `--quiet=${options.allOpen ? '20m' : '20s'}`,
    '--max-age=30m',
  ];
  const topics = [`--kafka-partitions=${partitions}`, '--kafka-replication-factor=1', '--kafka-min-insync-replicas=1'];
  const made = await spanloom('migrate', ...flags, ...topics);
  if (made.code !== 0) throw new Error(`migrate: ${made.stderr}`);
  const calibrationSeconds = calibrate();
  const assembled = await (options.allOpen
    ? assembleAllOpen(options, prefix, flags)
    : assemble(options, prefix, flags));
  return { x: options.x, ...assembled, calibrationSeconds };
}

type Assembled = Omit<Point, 'x' | 'calibrationSeconds'>;

/** From a quarter of the spans on, as everywhere: what a process costs that has been up for a while. */
async function assemble(options: PointOptions, prefix: string, flags: readonly string[]): Promise<Assembled> {
  const { cluster, shape, traces } = options;
  const loader = await openLoader(cluster.kafka.brokers, prefix);
  const random = new Random(options.x);
  const startMs = Date.now();
  for (let n = 0; n < traces; n++) for (const record of traceRecords(random, shape, startMs)) await loader.add(record);
  await loader.flush();
  await loader.close();
  const spans = traces * shape.spansPerTrace;
  const workers = await startAssemblers(options, flags);
  try {
    const usage = usageOf(cluster, workers);
    await until(workers, handled, spans / 4);
    const [from, begin] = [await handled(workers), usage()];
    await until(workers, closed, spans);
    const measured = figures(spans - from, begin, usage(), workers, null);
    // Beside the assembler, whose heartbeats let the last batches be cut.
    return { ...measured, sinkUsPerSpan: options.withSink ? await sink(options, flags) : null };
  } finally {
    await Promise.all(workers.map(({ group }) => group.stop()));
  }
}

/** What each trace lacked, with all of them open. */
async function assembleAllOpen(options: PointOptions, prefix: string, flags: readonly string[]): Promise<Assembled> {
  const { cluster, shape, traces } = options;
  const loader = await openLoader(cluster.kafka.brokers, prefix);
  const startMs = Date.now();
  // Without its root no trace is whole. Made twice rather than kept: a million would fill this process.
  const add = async (half: (records: readonly NewRecord[]) => readonly NewRecord[]): Promise<void> => {
    const random = new Random(options.x);
    for (let n = 0; n < traces; n++) {
      for (const record of half(traceRecords(random, shape, startMs))) await loader.add(record);
    }
    await loader.flush();
  };
  const spans = traces * shape.spansPerTrace;
  const first = traces * (shape.spansPerTrace - shape.spansPerChunk);
  const before = await redisBytes(cluster);
  const workers = await startAssemblers(options, flags);
  try {
    await add((records) => records.slice(1));
    await until(workers, open, first);
    const redisBytesPerSpan = ((await redisBytes(cluster)) - before) / first;
    const usage = usageOf(cluster, workers);
    const begin = usage();
    await add((records) => records.slice(0, 1));
    await loader.close();
    await until(workers, closed, spans);
    // What is open was read and buffered, which is about half of its work.
    return figures(spans - first / 2, begin, usage(), workers, redisBytesPerSpan);
  } finally {
    await Promise.all(workers.map(({ group }) => group.stop()));
  }
}

interface Usage {
  readonly assembler: number;
  readonly redis: number;
}

function usageOf(cluster: Cluster, workers: readonly Worker[]): () => Usage {
  return () => ({
    assembler: workers.reduce((sum, { group }) => sum + cpuSecondsOf(group.pid), 0),
    redis: cpuSecondsOf(cluster.redis.group().pid),
  });
}

function figures(
  spans: number,
  begin: Usage,
  end: Usage,
  workers: readonly Worker[],
  redisBytesPerSpan: number | null,
): Assembled {
  return {
    assemblerUsPerSpan: round(((end.assembler - begin.assembler) * 1e6) / spans),
    redisUsPerSpan: round(((end.redis - begin.redis) * 1e6) / spans),
    assemblerRssMb: Math.max(...workers.map(({ group }) => rssMbOf(group.pid))),
    redisBytesPerSpan: redisBytesPerSpan === null ? null : Math.round(redisBytesPerSpan),
    sinkUsPerSpan: null,
  };
}

/** All of them, warming up included: batches are too large to tell when it is warm. */
async function sink({ shape, traces }: PointOptions, flags: readonly string[]): Promise<number> {
  const spans = traces * shape.spansPerTrace;
  const worker = await startWorker('sink', flags);
  try {
    await worker.ready();
    const begin = cpuSecondsOf(worker.group.pid);
    const stored = (): Promise<number> => worker.metric('spanloom_sink_spans_total');
    await waitFor(async () => ((await stored()) >= spans ? true : null), { withinMs, what: 'all spans stored' });
    return round(((cpuSecondsOf(worker.group.pid) - begin) * 1e6) / spans);
  } finally {
    await worker.group.stop();
  }
}

/** Each on a core of its own, as far as there are cores. */
async function startAssemblers({ assemblers, profile }: PointOptions, flags: readonly string[]): Promise<Worker[]> {
  const node = (nth: number): string[] =>
    profile === null ? [cli] : [...profileFlags(profile.folder, `${profile.name}-${nth}`), cli];
  const workers = await Promise.all(
    Array.from({ length: assemblers }, (_, nth) => startWorker('assembler', flags, node(nth))),
  );
  await Promise.all(workers.map((worker) => worker.ready()));
  for (const [nth, { group }] of workers.entries()) {
    await promisify(execFile)('taskset', ['-a', '-p', '-c', String(nth % cpus().length), String(group.pid)]);
  }
  return workers;
}

async function total(workers: readonly Worker[], metric: string): Promise<number> {
  return (await Promise.all(workers.map((worker) => worker.metric(metric)))).reduce((sum, each) => sum + each, 0);
}

const open = (workers: readonly Worker[]): Promise<number> => total(workers, 'spanloom_assembler_open_spans');
const closed = (workers: readonly Worker[]): Promise<number> => total(workers, 'spanloom_assembler_spans_total');
/** What is open is half done. */
const handled = async (workers: readonly Worker[]): Promise<number> =>
  (await closed(workers)) + (await open(workers)) / 2;

async function until(
  workers: readonly Worker[],
  done: (workers: readonly Worker[]) => Promise<number>,
  spans: number,
): Promise<void> {
  await waitFor(async () => ((await done(workers)) >= spans ? true : null), { withinMs, what: `${spans} spans` });
}

async function redisBytes(cluster: Cluster): Promise<number> {
  const client = new Redis(cluster.redis.url);
  const info = await client.info('memory');
  client.disconnect();
  return Number(/^used_memory:(\d+)/m.exec(info)?.[1]);
}

function round(figure: number): number {
  return Math.round(figure * 100) / 100;
}
