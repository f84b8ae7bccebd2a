/**
 * Runs the whole pipeline with its demo and a steady load, and prints the resident memory of its
 * processes each minute: `node test/dist/bench/soak.js [minutes] [spans per second]`.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import { memoryOf } from '../harness/memory.ts';
import { Pipeline, dataDir, freePorts } from '../harness/pipeline.ts';
import { send } from '../load/client.ts';
import { Random } from '../load/random.ts';
import { makeTrace } from '../load/traces.ts';

const minutes = Number(process.argv[2] ?? 10);
const spansPerSecond = Number(process.argv[3] ?? 2000);

/** What V8 says of the main process. */
async function heapOf(running: Pipeline): Promise<string> {
  const metrics = await running.metrics();
  const mb = (name: string): number =>
    Math.round(Number(new RegExp(`^${name} (\\S+)`, 'm').exec(metrics)?.[1]) / 2 ** 20);
  return `heap used ${mb('nodejs_heap_size_used_bytes')} MB, outside of it ${mb('nodejs_external_memory_bytes')} MB`;
}

const folder = await dataDir();
const pipeline = await Pipeline.start(folder.path, await freePorts(), ['--demo']);
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
        pipeline.ports.http,
        traces.flatMap((trace) => trace.batches.flat()),
      );
      sent += traces.reduce((sum, trace) => sum + trace.spans, 0);
    }
    if (Math.floor(elapsedMs / 60_000) > reported) {
      reported = Math.floor(elapsedMs / 60_000);
      const each = memoryOf(pipeline.pid).map(({ name, rssMb, anonMb }) => `${name} ${rssMb} MB (${anonMb} anonymous)`);
      console.log(`minute ${reported}, ${sent} spans: ${each.join(', ')}; ${await heapOf(pipeline)}`);
    }
    await sleep(20);
  }
} finally {
  await pipeline.stop();
  await folder.remove();
}
