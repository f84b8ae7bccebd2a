/**
 * What appending to Kafka and reading from it cost this process: `node test/dist/bench/kafka.js [MB]`.
 * Starts a broker of its own (its CPU is not counted) and prints a line of JSON for each way.
 */
import { randomBytes } from 'node:crypto';

import { startKafka } from '@spanloom/engines';
import type { FetchSizes, KafkaLog, NewRecord } from '@spanloom/log';
import { makeKafkaTopics } from '@spanloom/log/testing';

const megabytes = Number(process.argv[2] ?? 200);
const partitions = 8;
/** A chunk whose body is compressed already, and what lies before it. */
const valueBytes = 1_400;
const value = (): Buffer => Buffer.concat([randomBytes(valueBytes - 200), Buffer.alloc(200, 'service')]);
const values = Array.from({ length: 1_000 }, value);

async function measure(what: object, bytes: number, work: () => Promise<void>): Promise<void> {
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - startedMs) / 1000;
  const cpuSeconds = (user + system) / 1e6;
  const megabytesDone = bytes / 1e6;
  console.log(
    JSON.stringify({
      ...what,
      cpuSecondsPerGb: round(cpuSeconds / (megabytesDone / 1000)),
      mbPerCpuSecond: Math.round(megabytesDone / cpuSeconds),
      mbPerSecond: Math.round(megabytesDone / seconds),
      rssMb: Math.round(process.memoryUsage().rss / 1e6),
    }),
  );
}

function round(figure: number): number {
  return Math.round(figure * 100) / 100;
}

/** Every partition has one append outstanding, as in the gateway. */
async function append(log: KafkaLog, megabytesAll: number, batchBytes: number): Promise<void> {
  const count = Math.max(1, Math.floor(batchBytes / valueBytes));
  const batches = Math.ceil((megabytesAll * 1e6) / partitions / (count * valueBytes));
  const work = Array.from({ length: partitions }, async (_, partition) => {
    for (let batch = 0; batch < batches; batch++) {
      const records: NewRecord[] = [];
      for (let n = 0; n < count; n++) {
        records.push({ key: null, value: values[(batch + n) % values.length] ?? null });
      }
      await log.append('spans', partition, records);
    }
  });
  await Promise.all(work);
}

/** Reads all there is through a group. The worker waits for `waitMs` in each call, as for Redis. */
async function consume(log: KafkaLog, group: string, total: number, waitMs: number): Promise<void> {
  let seen = 0;
  let finish = (): void => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const member = await log.join({
    group,
    topic: 'spans',
    idleMs: 1_000,
    worker: () => ({
      open: async () => 0,
      async process(records) {
        if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
        seen += records.length;
        if (seen >= total) finish();
      },
      idle: async () => undefined,
      resume: async () => undefined,
      close: async () => undefined,
    }),
  });
  await finished;
  await member.leave();
}

/** As without reading ahead: the next records are asked for when the last ones are processed. */
async function readOnDemand(log: KafkaLog, waitMs: number): Promise<void> {
  const work = Array.from({ length: partitions }, async (_, partition) => {
    for (let from = 0; ;) {
      const records = await log.read('spans', partition, from, 1024 * 1024);
      const last = records.at(-1);
      if (last === undefined) return;
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      from = last.offset + 1;
    }
  });
  await Promise.all(work);
}

const broker = await startKafka();
const topics = await makeKafkaTopics(broker.brokers, { partitions });
const writer = await topics.open();
await append(writer, 50, 900_000);
for (const batchBytes of [16_000, 64_000, 256_000, 900_000, 2_000_000]) {
  await measure({ way: 'append', batchBytes }, megabytes * 1e6, () => append(writer, megabytes, batchBytes));
}
const highs = await Promise.all(
  Array.from({ length: partitions }, (_, partition) => writer.bounds('spans', partition)),
);
const total = highs.reduce((sum, { high }) => sum + high, 0);
const bytes = total * valueBytes;
const kib = 1024;
const ways: readonly Partial<FetchSizes>[] = [
  { maxBytesPerPartition: 128 * kib },
  { maxBytesPerPartition: 512 * kib, aheadBytes: 1 },
  { maxBytesPerPartition: 512 * kib, aheadBytes: 1024 * kib },
  { maxBytesPerPartition: 512 * kib, aheadBytes: 4096 * kib },
  { maxBytesPerPartition: 1024 * kib, aheadBytes: 1024 * kib },
  { maxBytesPerPartition: 1024 * kib, aheadBytes: 1024 * kib, maxBytes: 16384 * kib },
];
for (const waitMs of [0, 10]) {
  for (const [index, fetch] of ways.entries()) {
    const log = await topics.open({ fetch });
    await measure({ way: 'group', waitMs, ...fetch }, bytes, () => consume(log, `g${waitMs}-${index}`, total, waitMs));
    await log.close();
  }
  await measure({ way: 'on demand', waitMs }, bytes, () => readOnDemand(writer, waitMs));
}
const idle = await topics.open();
const idleStartedMs = performance.now();
const idleCpu = process.cpuUsage();
const member = await idle.join({
  group: 'idle',
  topic: 'traces',
  idleMs: 1_000,
  worker: () => ({
    open: async () => 0,
    process: async () => undefined,
    idle: async () => undefined,
    resume: async () => undefined,
    close: async () => undefined,
  }),
});
await new Promise((resolve) => setTimeout(resolve, 10_000));
const { user, system } = process.cpuUsage(idleCpu);
console.log(
  JSON.stringify({ way: 'idle group', cpuPercent: round((user + system) / 10 / (performance.now() - idleStartedMs)) }),
);
await member.leave();
await topics.discard();
await broker.stop();
