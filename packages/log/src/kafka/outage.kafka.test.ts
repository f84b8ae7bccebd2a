import { startKafka, type KafkaBroker } from '@spanloom/engines';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { LogError } from '../errors.ts';
import type { LogRecord } from '../port.ts';
import { makeKafkaTopics, type KafkaTopics } from '../testing/kafka.ts';
import { recordedWorkers } from '../testing/worker.ts';

const PARTITIONS = 4;
const PATIENCE = { timeout: 60_000, interval: 50 };

let broker: KafkaBroker;
let topics: KafkaTopics;

beforeAll(async () => {
  broker = await startKafka();
  topics = await makeKafkaTopics(broker.brokers, { partitions: PARTITIONS });
});
afterAll(async () => {
  await topics.discard();
  await broker.stop();
});

it('survives a broker that is killed again and again: what was acknowledged is where it said, once', async () => {
  const log = await topics.open();
  const workers = recordedWorkers();
  const member = await log.join({ group: 'assembler', topic: 'spans', worker: workers.worker, idleMs: 50 });
  let writing = true;
  const acknowledged: { partition: number; offset: number; values: string[] }[] = [];
  const writers = Array.from({ length: PARTITIONS * 2 }, async (_, writer) => {
    const partition = writer % PARTITIONS;
    for (let n = 0; writing; n++) {
      const values = Array.from({ length: 1 + (n % 5) }, (__, k) => `${writer}.${n}.${k}`);
      const records = values.map((value) => ({ key: null, value: Buffer.from(value) }));
      const { offset } = await log.append('spans', partition, records);
      acknowledged.push({ partition, offset, values });
    }
  });
  for (let kills = 0; kills < 2; kills++) {
    const before = acknowledged.length;
    await vi.waitFor(() => expect(acknowledged.length).toBeGreaterThan(before + 200), PATIENCE);
    await broker.kill();
    await broker.start();
  }
  const last = acknowledged.length;
  await vi.waitFor(() => expect(acknowledged.length).toBeGreaterThan(last + 200), PATIENCE);
  writing = false;
  await Promise.all(writers);

  const all = await Promise.all(
    Array.from({ length: PARTITIONS }, async (_, partition) => {
      const records: LogRecord[] = [];
      for (;;) {
        const more = await log.read('spans', partition, records.length);
        if (more.length === 0) return records.map(({ value }) => value?.toString());
        records.push(...more);
      }
    }),
  );
  for (const { partition, offset, values } of acknowledged) {
    expect(all[partition]?.slice(offset, offset + values.length)).toEqual(values);
  }
  // Nobody gave up, so nothing was sent under two sequences.
  const written = acknowledged.reduce((sum, { values }) => sum + values.length, 0);
  expect(all.reduce((sum, { length }) => sum + length, 0)).toBe(written);
  await vi.waitFor(() => {
    for (const [partition, values] of all.entries()) {
      expect(workers.processed.get(partition)).toEqual(values.map((_, offset) => offset));
    }
  }, PATIENCE);
  expect(workers.overlapped()).toBe(false);
  await member.leave();
});

it('gives up in time, retryably, but joins however long the brokers are gone', async () => {
  const warnings: string[] = [];
  const log = await topics.open({ patienceMs: 1_000, onWarning: (message) => warnings.push(message) });
  const { high } = await log.bounds('spans', 0);
  await broker.kill();
  const workers = recordedWorkers();
  const member = await log.join({ group: 'late', topic: 'spans', worker: workers.worker, idleMs: 50 });
  const calls = [
    log.append('spans', 0, [{ key: null, value: null }]),
    log.read('spans', 0, high),
    log.bounds('spans', 0),
    log.committed('assembler', 'spans', 0),
  ];
  for (const call of await Promise.allSettled(calls)) {
    expect(call).toMatchObject({ status: 'rejected', reason: { retryable: true } });
    expect((call as PromiseRejectedResult).reason).toBeInstanceOf(LogError);
  }
  await vi.waitFor(() => expect(warnings.join()).toContain('Joining'), PATIENCE);
  expect(warnings).toHaveLength(new Set(warnings).size);
  await broker.start();
  await vi.waitFor(async () => {
    const { offset } = await log.append('spans', 0, [{ key: null, value: Buffer.from('back') }]);
    expect((await log.read('spans', 0, offset))[0]?.value?.toString()).toBe('back');
  }, PATIENCE);
  await vi.waitFor(() => expect(workers.calls.open).toBe(PARTITIONS), PATIENCE);
  await member.leave();
});
