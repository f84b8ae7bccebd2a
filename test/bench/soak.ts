/**
 * Runs the whole pipeline with a steady load, and prints the resident memory of its processes each minute:
 * `node test/dist/bench/soak.js [minutes] [spans per second] [embedded|cluster]`. Embedded with its demo;
 * a cluster has a gateway, an assembler and a sink.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import { startCluster } from '../harness/cluster.ts';
import { type Memory, memoryOf } from '../harness/memory.ts';
import { Pipeline, dataDir, freePorts } from '../harness/pipeline.ts';
import { send } from '../load/client.ts';
import { Random } from '../load/random.ts';
import { makeTrace } from '../load/traces.ts';

const minutes = Number(process.argv[2] ?? 10);
const spansPerSecond = Number(process.argv[3] ?? 2000);

/** What takes the load. */
interface Subject {
  /** Port of OTLP over HTTP. */
  readonly port: number;
  memory(): Promise<string>;
  stop(): Promise<void>;
}

function inWords(name: string, { rssMb, anonMb }: Memory): string {
  return `${name} ${rssMb} MB (${anonMb} anonymous)`;
}

/** What V8 says of the main process. */
async function heapOf(running: Pipeline): Promise<string> {
  const metrics = await running.metrics();
  const mb = (name: string): number =>
    Math.round(Number(new RegExp(`^${name} (\\S+)`, 'm').exec(metrics)?.[1]) / 2 ** 20);
  return `heap used ${mb('nodejs_heap_size_used_bytes')} MB, outside of it ${mb('nodejs_external_memory_bytes')} MB`;
}

async function embedded(): Promise<Subject> {
  const folder = await dataDir();
  const pipeline = await Pipeline.start(folder.path, await freePorts(), ['--demo']);
  return {
    port: pipeline.ports.http,
    async memory() {
      const each = memoryOf(pipeline.pid).map((one) => inWords(one.name, one));
      return `${each.join(', ')}; ${await heapOf(pipeline)}`;
    },
    async stop() {
      await pipeline.stop();
      await folder.remove();
    },
  };
}

async function cluster(): Promise<Subject> {
  const started = await startCluster({ partitions: 8 });
  try {
    const roles = ['gateway', 'assembler', 'sink'] as const;
    const workers = await Promise.all(roles.map((role) => started.start(role)));
    await Promise.all(workers.map((worker) => worker.ready()));
    return {
      port: workers[0]?.ports.http ?? 0,
      memory: async () =>
        workers.flatMap(({ role, group }) => memoryOf(group.pid).map((one) => inWords(role, one))).join(', '),
      async stop() {
        const { clean, partitions } = await started.audit();
        console.log(`audit: ${clean ? 'clean' : JSON.stringify(partitions)}`);
        await started.stop();
      },
    };
  } catch (error) {
    await started.stop();
    throw error;
  }
}

const subject = await (process.argv[4] === 'cluster' ? cluster() : embedded());
const random = new Random(1);
const started = Date.now();
let sent = 0;
let reported = 0;
try {
  while (Date.now() - started < minutes * 60_000) {
    const elapsedMs = Date.now() - started;
    while (sent < (elapsedMs / 1000) * spansPerSecond) {
      const traces = Array.from({ length: 10 }, () => makeTrace(random, { startMs: Date.now(), repeats: 2 }));
      await send(
        subject.port,
        traces.flatMap((trace) => trace.batches.flat()),
      );
      sent += traces.reduce((sum, trace) => sum + trace.spans, 0);
    }
    if (Math.floor(elapsedMs / 60_000) > reported) {
      reported = Math.floor(elapsedMs / 60_000);
      console.log(`minute ${reported}, ${sent} spans: ${await subject.memory()}`);
    }
    await sleep(20);
  }
} finally {
  await subject.stop();
}
