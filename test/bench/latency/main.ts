/**
 * `npm run bench:latency`: how long after its last span was acknowledged a trace is in the store, with Kafka, Redis,
 * ClickHouse, a gateway, an assembler, a sink and the load on this one machine. `--rates 4000,10000`, `--seconds N`.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { openStore, type Store } from '@spanloom/store';

import { startCluster } from '../../harness/cluster.ts';
import { spreadOf } from '../report.ts';
import type { FromPace, PaceJob } from './probe-process.ts';

const { values } = parseArgs({
  options: {
    rates: { type: 'string', default: '3000,7500,12000' },
    seconds: { type: 'string', default: '60' },
    settle: { type: 'string', default: '6s' },
  },
});
const seconds = Number(values.seconds);
/** How often the store is looked at: what is measured is late by half of it on average. */
const lookEveryMs = 100;
/** What comes in the beginning meets processes that nobody has warmed up. */
const warmUpSeconds = 10;
const givenUpMs = 120_000;
/** Asked for at once: parameters go in the URL. */
const maxAsked = 200;

interface Watched {
  readonly traceId: string;
  readonly acknowledgedMs: number;
  storedMs: number | null;
}

async function storedOf(store: Store, ids: readonly string[]): Promise<readonly string[]> {
  const rows = await store.read.rows<{ trace_id: string }>(
    'SELECT DISTINCT trace_id FROM fragments WHERE trace_key IN (SELECT unhex(arrayJoin({ids:Array(String)})))',
    { ids: [...ids] },
  );
  return rows.map(({ trace_id }) => trace_id);
}

async function measureRate(store: Store, port: number, spansPerSecond: number): Promise<void> {
  const job: PaceJob = {
    seed: spansPerSecond,
    spansPerSecond,
    seconds,
    port,
    everyTrace: Math.ceil(spansPerSecond / 400),
  };
  const child = fork(fileURLToPath(new URL('probe-process.js', import.meta.url)), {
    execArgv: ['--max-old-space-size=8192'],
  });
  const watched = new Map<string, Watched>();
  let sent: Extract<FromPace, { type: 'sent' }> | null = null;
  let firstMs = Infinity;
  child.on('message', (message: FromPace) => {
    if (message.type === 'sent') sent = message;
    else {
      firstMs = Math.min(firstMs, message.atMs);
      watched.set(message.traceId, { traceId: message.traceId, acknowledgedMs: message.atMs, storedMs: null });
    }
  });
  child.send(job);
  const ended = once(child, 'exit');
  const endMs = Date.now() + seconds * 1000 + givenUpMs;
  for (;;) {
    const waiting = [...watched.values()].filter(({ storedMs }) => storedMs === null);
    if (waiting.length > 0) {
      for (const id of await storedOf(
        store,
        waiting.slice(0, maxAsked).map(({ traceId }) => traceId),
      )) {
        const one = watched.get(id);
        if (one !== undefined) one.storedMs = Date.now();
      }
    }
    if (sent !== null && [...watched.values()].every(({ storedMs }) => storedMs !== null)) break;
    if (Date.now() > endMs) throw new Error(`${waiting.length} traces are not stored after ${givenUpMs} ms`);
    await sleep(lookEveryMs);
  }
  child.kill();
  await ended;
  const counted = [...watched.values()].filter(
    ({ acknowledgedMs }) => acknowledgedMs >= firstMs + warmUpSeconds * 1000,
  );
  const delays = counted
    .map(({ acknowledgedMs, storedMs }) => (storedMs ?? 0) - acknowledgedMs)
    .toSorted((a, b) => a - b);
  const at = (part: number): number =>
    (delays[Math.min(delays.length - 1, Math.floor(part * delays.length))] ?? NaN) / 1000;
  const { spans, seconds: took } = sent as Extract<FromPace, { type: 'sent' }>;
  console.log(
    JSON.stringify({
      spansPerSecond,
      reached: Math.round(spans / took),
      traces: delays.length,
      p50Seconds: at(0.5),
      p99Seconds: at(0.99),
      maxSeconds: spreadOf(delays).most / 1000,
    }),
  );
}

const cluster = await startCluster({ partitions: 8, flags: [`--settle=${values.settle}`] });
try {
  const [gateway, ...others] = await Promise.all(
    (['gateway', 'assembler', 'sink'] as const).map((role) => cluster.start(role)),
  );
  if (gateway === undefined) throw new Error('no gateway');
  await Promise.all([gateway, ...others].map((worker) => worker.ready()));
  const store = openStore({ url: cluster.clickhouse.url, password: cluster.clickhouse.secret, database: 'spanloom' });
  for (const rate of values.rates.split(',').map(Number)) await measureRate(store, gateway.ports.http, rate);
  await store.close();
} finally {
  await cluster.stop();
}
