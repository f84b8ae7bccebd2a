import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import * as zlib from 'node:zlib';
import { LogError } from '@spanloom/log';
import type { Log } from '@spanloom/log';
import { makeDataDir } from '@spanloom/log/testing';
import type { DataDir } from '@spanloom/log/testing';
import type { SharedKafka } from '@spanloom/engines';
import kafkajs from 'kafkajs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { exportRequest, id, span } from '../testing/otlp.ts';
import { registerCodecs, zstdOf } from './codecs.ts';
import { chunksByTrace, createBridge, recordsOf } from './testing/bridge.ts';
import type { Bridge, BridgeOptions } from './testing/bridge.ts';
import { openSource } from './testing/kafka.ts';
import type { Source } from './testing/kafka.ts';

/** Compiled: `tsc -b` comes first. */
const dyingBridge = fileURLToPath(new URL('../../dist/kafka-input/testing/dying-bridge.js', import.meta.url));

let source: Source;
let data: DataDir;
let log: Log;
const bridges: Bridge[] = [];
const children: ChildProcess[] = [];

beforeAll(async () => {
  registerCodecs();
  const { brokers }: SharedKafka = inject('kafka');
  source = await openSource(brokers);
});
afterAll(() => source.discard());
beforeEach(async () => {
  data = await makeDataDir();
  log = await data.open();
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await Promise.all(bridges.splice(0).map((bridge) => bridge.stop()));
  await data.discard();
});

async function start(topics: readonly string[], options: Partial<BridgeOptions> = {}): Promise<Bridge> {
  const bridge = createBridge({ log, brokers: source.brokers, topics, prefix: source.prefix, ...options });
  await bridge.start();
  bridges.push(bridge);
  return bridge;
}

async function stop(bridge: Bridge): Promise<void> {
  bridges.splice(bridges.indexOf(bridge), 1);
  await bridge.stop();
}

const traceId = (n: number): string => id(16, n).toString('hex');
const traceIds = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, n) => traceId(from + n)).toSorted();
/** One record a trace, under keys that mean nothing to us. */
const records = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => ({
    key: `host-${n % 3}`,
    value: exportRequest(span({ traceId: id(16, from + n) })),
  }));
const storedTraces = async (): Promise<string[]> => [...(await chunksByTrace(log)).keys()].toSorted();
const soon = { timeout: 30_000, interval: 50 };

const { None, GZIP, Snappy, LZ4 } = kafkajs.CompressionTypes;

test('reads every compression, as Kafka itself writes it and as other clients do', async () => {
  const written = [
    ['producer', None],
    ['producer', GZIP],
    ['producer', Snappy],
    ['producer', LZ4],
    ['gzip', None],
    ['snappy', None],
    ['lz4', None],
  ] as const;
  const topics: string[] = [];
  for (const [at, [compression, codec]] of written.entries()) {
    const topic = await source.topic({ compression });
    await source.send(topic, records(at * 100, at * 100 + 100), codec);
    topics.push(topic);
  }
  const bridge = await start(topics);
  await expect.poll(storedTraces, soon).toEqual(traceIds(0, 700));
  expect((await chunksByTrace(log)).size).toBe(700);
  for (const topic of topics) {
    await expect.poll(() => source.committed(topic), soon).toBe(100);
    expect(await bridge.metric('spanloom_gateway_kafka_spans_total', { topic })).toBe(100);
    expect(await bridge.metric('spanloom_gateway_kafka_lag', { topic })).toBe(0);
  }
  expect(bridge.gateway.problem()).toBe(null);
  expect(bridge.gateway.counts()).toEqual({ acceptedSpans: 700 });
});

test('zstd: read where this Node can, else the process is told to end, with the topic and what to do', async () => {
  const topic = await source.topic({ compression: 'zstd' });
  await source.send(topic, records(0, 100));
  const bridge = await start([topic]);
  if (zstdOf(zlib) === null) {
    await expect(bridge.gateway.ended()).rejects.toThrow(`In the topic ${topic}: Records are compressed with zstd`);
    expect(bridge.gateway.problem()).toContain('Node 22.15 or later');
  } else {
    await expect.poll(storedTraces, soon).toEqual(traceIds(0, 100));
  }
});

test('otlp_json; one record with many traces; several partitions', async () => {
  const topic = await source.topic({ partitions: 3 });
  const jsonOf = (from: number, to: number): Buffer => {
    const spans = traceIds(from, to).map((trace) => ({
      traceId: trace,
      spanId: 'eee19b7ec3c1b174',
      name: 'GET /cart',
      kind: 2,
      startTimeUnixNano: '1790000000000000000',
      endTimeUnixNano: '1790000000005000000',
    }));
    return Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
  };
  const chunks = [0, 1, 2, 3, 4, 5].map((n) => ({ partition: n % 3, value: jsonOf(n * 500, n * 500 + 500) }));
  await source.send(topic, chunks, GZIP);
  await start([topic], { format: 'otlp_json' });
  await expect.poll(storedTraces, soon).toEqual(traceIds(0, 3000));
  await expect.poll(() => source.committed(topic), soon).toBe(6);
});

test('what cannot be read is in spans.dlq with its place and the reason, and holds up nothing', async () => {
  const topic = await source.topic();
  const [good, later] = [records(0, 50), records(50, 100)];
  const bad = [{ value: Buffer.from('hello') }, { value: null }, { value: Buffer.alloc(960_000, 0xff) }];
  await source.send(topic, good);
  await source.send(topic, bad);
  await source.send(topic, later);
  const errors: string[] = [];
  const bridge = await start([topic], { maxRequestBytes: 950_000, onError: (message) => errors.push(message) });
  await expect.poll(() => source.committed(topic), soon).toBe(103);
  expect(await storedTraces()).toEqual(traceIds(0, 100));
  const letters = await recordsOf(log, 'spans.dlq');
  const place = (offset: number) => ({ from: 'kafka-input', topic, partition: '0', offset: String(offset) });
  expect(letters.map(({ headers }) => headers).toSorted((a, b) => Number(a['offset']) - Number(b['offset']))).toEqual([
    { ...place(50), reason: 'The bytes are no ExportTraceServiceRequest in protobuf.' },
    { ...place(51), reason: 'The record has no value.' },
    { ...place(52), reason: expect.stringContaining('larger than 950000 bytes') as string, bytes: '960000' },
  ]);
  expect(letters.find(({ headers }) => headers['offset'] === '50')?.value?.toString()).toBe('hello');
  expect(await bridge.metric('spanloom_gateway_kafka_records_total', { topic, outcome: 'malformed' })).toBe(3);
  expect(errors).toContain("Records of a collector's topic cannot be read; they are in spans.dlq.");
});

test('a log that refuses: nothing is committed meanwhile, nothing is dropped, and it goes on by itself', async () => {
  const topic = await source.topic();
  await source.send(topic, records(0, 300));
  let refusals = 0;
  let broken = true;
  const bridge = await start([topic], {
    append(target, ...rest) {
      if (!broken) return log.append(target, ...rest);
      refusals++;
      return Promise.reject(new LogError('The brokers are away.', true));
    },
  });
  await expect.poll(() => refusals, soon).toBeGreaterThan(6);
  expect(await source.committed(topic)).toBe(-1);
  expect(await storedTraces()).toEqual([]);
  expect(await bridge.metric('spanloom_gateway_inflight_bytes')).toBeLessThanOrEqual(4_000_000);
  broken = false;
  await expect.poll(storedTraces, soon).toEqual(traceIds(0, 300));
  await expect.poll(() => source.committed(topic), soon).toBe(300);
  expect(await recordsOf(log, 'spans.dlq')).toEqual([]);
  expect(await bridge.metric('spanloom_gateway_kafka_refusals_total', { topic })).toBeGreaterThan(0);
});

test('stopped while the log refuses: what is in spans is committed, the rest comes after the next start', async () => {
  const topic = await source.topic();
  await source.send(topic, records(0, 100));
  let appends = 0;
  const first = await start([topic], {
    append(target, partition, given) {
      // What the first append carries stays the only thing that passes.
      return appends++ === 0 ? log.append(target, partition, given) : Promise.reject(new LogError('Away.', true));
    },
  });
  await expect.poll(() => appends, soon).toBeGreaterThan(2);
  await stop(first);
  const committed = await source.committed(topic);
  expect(committed).toBeLessThanOrEqual((await storedTraces()).length);
  await start([topic]);
  await expect.poll(storedTraces, soon).toEqual(traceIds(0, 100));
});

test('a restart goes on from the commit; what expired before it was read is said and counted', async () => {
  const topic = await source.topic();
  await source.send(topic, records(0, 50));
  const first = await start([topic]);
  await expect.poll(() => source.committed(topic), soon).toBe(50);
  await stop(first);
  await source.send(topic, records(50, 100));
  await source.forget(topic, 53);
  const errors: string[] = [];
  const second = await start([topic], { onError: (message) => errors.push(message) });
  await expect.poll(() => source.committed(topic), soon).toBe(100);
  const eachOnce = [...traceIds(0, 50), ...traceIds(53, 100)].map((trace) => [trace, 1]);
  expect(Object.fromEntries(await chunksByTrace(log))).toEqual(Object.fromEntries(eachOnce));
  expect(errors).toContain(`Partition 0 of ${topic} begins at offset 53, we were at 50: 3 records expired unread.`);
  expect(await second.metric('spanloom_gateway_kafka_expired_records_total', { topic })).toBe(3);
});

test('retention overtakes a gateway that has to wait: it goes on at what is left, and says what is gone', async () => {
  const topic = await source.topic();
  const errors: string[] = [];
  let broken = false;
  let refusals = 0;
  const bridge = await start([topic], {
    onError: (message) => errors.push(message),
    append(target, ...rest) {
      if (!broken) return log.append(target, ...rest);
      refusals++;
      return Promise.reject(new LogError('Away.', true));
    },
  });
  await source.send(topic, records(0, 50));
  await expect.poll(() => source.committed(topic), soon).toBe(50);
  broken = true;
  await source.send(topic, records(50, 100));
  await expect.poll(() => refusals, soon).toBeGreaterThan(0);
  await source.send(topic, records(100, 150));
  await source.forget(topic, 120);
  broken = false;
  await expect.poll(() => source.committed(topic), soon).toBe(150);
  expect(await storedTraces()).toEqual([...traceIds(0, 100), ...traceIds(120, 150)].toSorted());
  expect(errors).toContain(`Partition 0 of ${topic} begins at offset 120, we were at 100: 20 records expired unread.`);
  expect(await bridge.metric('spanloom_gateway_kafka_expired_records_total', { topic })).toBe(20);
});

test('killed between an append and its commit: nothing is lost, and what comes twice is the same', async () => {
  const topic = await source.topic();
  await source.send(topic, records(0, 400));
  await log.close();
  for (const appends of [1, 2]) {
    const child = spawn(
      process.execPath,
      [dyingBridge, data.dir, source.brokers.join(), topic, source.prefix, String(appends)],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    children.push(child);
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
  }
  log = await data.open();
  const before = await chunksByTrace(log);
  expect(before.size).toBeGreaterThan(0);
  expect(await source.committed(topic)).toBeLessThanOrEqual(before.size);
  await start([topic]);
  await expect.poll(() => source.committed(topic), soon).toBe(400);
  const chunks = await chunksByTrace(log);
  expect([...chunks.keys()].toSorted()).toEqual(traceIds(0, 400));
  expect(Math.max(...chunks.values())).toBeGreaterThan(1);
});

test('two gateways share a topic, and one leaves: every record is there', async () => {
  const topic = await source.topic({ partitions: 4 });
  const send = (from: number, to: number) =>
    source.send(
      topic,
      records(from, to).map((record, n) => ({ ...record, partition: n % 4 })),
    );
  const first = await start([topic]);
  await send(0, 200);
  const second = await start([topic]);
  await send(200, 400);
  await expect.poll(() => second.gateway.counts().acceptedSpans, soon).toBeGreaterThan(0);
  await stop(first);
  await send(400, 600);
  await expect.poll(() => source.committed(topic), soon).toBe(600);
  expect(await storedTraces()).toEqual(traceIds(0, 600));
});

test('a topic that is missing, or our own, is said at the start', async () => {
  await expect(start(['otlp_nowhere'])).rejects.toThrow(
    'The topic otlp_nowhere, which kafka-input-topics names, is not',
  );
  await expect(start([`${source.prefix}spans`])).rejects.toThrow(/which is a topic of Spanloom itself/);
});
