/**
 * Spans per CPU second of gateway, assembler and sink, each alone and on the same spans, with the
 * embedded log, buffer and store: `node test/dist/bench/stages.js [traces]`.
 */
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { createAssembler, createAssemblerMetrics } from '@spanloom/assembler';
import { openMemoryBuffer } from '@spanloom/buffer';
import { createGateway } from '@spanloom/gateway';
import { openEmbeddedLog } from '@spanloom/log';
import { createLogger, createRegistry, systemClock } from '@spanloom/runtime';
import { createSink, createSinkMetrics } from '@spanloom/sink';
import { migrate, openStore, positions, startEmbedded } from '@spanloom/store';

import { dataDir } from '../harness/pipeline.ts';
import { waitFor } from '../harness/wait.ts';

const traces = Number(process.argv[2] ?? 10_000);
const clock = systemClock;
const logger = createLogger({ level: 'warn', format: 'pretty', destination: process.stderr });

interface Figures {
  readonly spansPerCpuSecond: number;
  readonly cpuUsPerSpan: number;
  readonly spansPerSecond: number;
}

const stages: Record<string, Figures> = {};

/** CPU of this process while `work` runs. */
async function measure(name: string, spans: number, work: () => Promise<void>): Promise<void> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - started) / 1000;
  stages[name] = {
    spansPerCpuSecond: Math.round((spans * 1e6) / (user + system)),
    cpuUsPerSpan: Number(((user + system) / spans).toFixed(2)),
    spansPerSecond: Math.round(spans / seconds),
  };
}

/** CPU seconds that a process has used. */
function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const folder = await dataDir();
const log = await openEmbeddedLog({
  dir: join(folder.path, 'log'),
  partitions: 1,
  clock,
  random: randomBytes,
  command: 'bench',
  retentionMs: Infinity,
  retentionBytes: Infinity,
  onBackgroundError: (error) => {
    throw error;
  },
});
const engine = await startEmbedded({ dataDir: join(folder.path, 'clickhouse'), clock });
const connection = { url: engine.url, password: engine.secret };
await migrate(connection);
const store = openStore(connection);
const sender = fork(fileURLToPath(new URL('sender.js', import.meta.url)));

try {
  const gateway = createGateway({
    log,
    config: { host: '127.0.0.1', httpPort: 0, grpcPort: 0, maxRequestBytes: 32e6, maxInflightBytes: 128e6 },
    registry: createRegistry(),
    logger,
    clock,
  });
  const { httpPort } = await gateway.start();
  sender.send({ port: httpPort, traces });
  const [ready] = (await once(sender, 'message')) as [{ spans: number; bytes: number }];
  const { spans } = ready;
  console.log(
    `${traces} traces, ${spans} spans, ${Math.round(ready.bytes / spans)} bytes of OTLP a span, ${cpus()[0]?.model}`,
  );

  await measure('gateway', spans, async () => {
    sender.send('go');
    await once(sender, 'message');
  });
  await gateway.stop();

  const assembling = createAssemblerMetrics(createRegistry(), logger);
  const assembler = createAssembler({
    log,
    buffer: openMemoryBuffer({ maxBytes: 4e9 }),
    limits: { settleMs: 1000, quietMs: 2000, maxAgeMs: 300_000, maxSpans: 100_000, maxBytes: 32e6 },
    cutIntervalMs: 1000,
    clock,
    observer: assembling.observer,
  });
  await measure('assembler', spans, async () => {
    await assembler.start();
    await waitFor(async () => (assembling.counts().traces === traces ? true : null), {
      withinMs: 120_000,
      what: 'all traces',
    });
  });
  await clock.sleep(2500);
  await assembler.stop();

  const sink = createSink({
    log,
    store,
    cut: { intervalMs: 1000, maxSpans: 50_000, maxBytes: 32 * 1024 * 1024 },
    names: { maxOperations: 500, maxPeers: 200 },
    clock,
    observer: createSinkMetrics(createRegistry(), logger, clock).observer,
  });
  const { high } = await log.bounds('traces', 0);
  const engineCpu = cpuSecondsOf(engine.pid() ?? 0);
  await measure('sink', spans, async () => {
    await sink.start();
    await waitFor(
      async () => {
        const [position] = await positions(store.read);
        return position !== undefined && position.b >= high - 3 ? true : null;
      },
      { withinMs: 120_000, what: 'all stored' },
    );
  });
  const engineUs = ((cpuSecondsOf(engine.pid() ?? 0) - engineCpu) * 1e6) / spans;
  await sink.stop();
  console.table(stages);
  console.log(`ClickHouse beside the sink: ${engineUs.toFixed(1)} µs of CPU a span`);
} finally {
  sender.kill();
  await store.close();
  await engine.close();
  await log.close();
  await folder.remove();
}
