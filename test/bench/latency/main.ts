/**
 * `npm run bench:latency`: how long after a trace's last span the whole trace can be queried, at parts of what
 * gateway, assembler and sink can do on this machine. `--seconds N` of each load, `--loads 20,50,80` (percent),
 * `--partitions N`, `--json FILE`; see docs/performance.md.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { type Store, openStore } from '@spanloom/store';

import { type Cluster, startCluster } from '../../harness/cluster.ts';
import type { FromPaced, PacedJob, WatchedTrace } from './watched.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    loads: { type: 'string', default: '20,50,80' },
    partitions: { type: 'string', default: '8' },
    json: { type: 'string' },
  },
});
const seconds = Number(values.seconds);
const loads = values.loads.split(',').map(Number);

/** The default of `--settle`: a whole trace is kept open for as long. */
const settleMs = 6_000;
const spansPerTrace = 20.5;
const pollMs = 200;
/** Of one load: looking for them must not be what takes the time. */
const watchedTraces = 400;
/** After the last span was acknowledged; what is not stored by then is named, and the run fails. */
const patienceMs = 120_000;

/** What came of one load. */
interface Freshness {
  /** Percent of what the machine can do; null: as fast as the gateway took it. */
  readonly load: number | null;
  readonly spansPerSecond: number;
  readonly traces: number;
  /** Milliseconds from the beginning of the request with the last span until all spans were in ClickHouse, less `settle`. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Spans that were stored a second, from the first request to the last trace, less `settle`. */
  readonly storedPerSecond: number;
}

interface Stored {
  readonly trace_id: string;
  readonly spans: number;
}

/** Parameters of a query stand in its URL, of which servers take so much. */
const idsPerQuery = 200;

/** Of these traces, those of which something is stored. */
async function storedOf(store: Store, traceIds: readonly string[]): Promise<Stored[]> {
  const stored: Stored[] = [];
  for (let from = 0; from < traceIds.length; from += idsPerQuery) {
    const found = await store.read.rows<Stored>(
      `SELECT trace_id, toUInt32(sum(spans)) AS spans FROM fragments
       WHERE trace_key IN (SELECT toFixedString(unhex(arrayJoin({ids:Array(String)})), 16)) GROUP BY trace_id`,
      { ids: traceIds.slice(from, from + idsPerQuery) },
    );
    stored.push(...found);
  }
  return stored;
}

async function measure(store: Store, job: PacedJob, load: number | null): Promise<Freshness> {
  const child = fork(fileURLToPath(new URL('paced-sender.js', import.meta.url)), {
    execArgv: ['--max-old-space-size=8192'],
  });
  try {
    const open = new Map<string, WatchedTrace>();
    const latencies: number[] = [];
    let doneMs: number | null = null;
    let failure: string | null = null;
    child.send(job);
    const [ready] = (await once(child, 'message')) as [FromPaced];
    if (ready.type !== 'ready') throw new Error(`the load process said ${ready.type}`);
    child.on('message', (message: FromPaced) => {
      if (message.type === 'sent') for (const trace of message.traces) open.set(trace.traceId, trace);
      if (message.type === 'done') doneMs = Date.now();
      if (message.type === 'failed') failure = message.message;
    });
    child.once('exit', (code) => void (failure ??= doneMs === null ? `the load process ended with ${code}` : null));
    const startedMs = Date.now();
    child.send('go');
    while (latencies.length < ready.watched) {
      if (failure !== null) throw new Error(failure);
      if (doneMs !== null && Date.now() - doneMs > patienceMs) await giveUp(store, [...open.values()]);
      const due = Date.now() - settleMs;
      const ask = [...open.values()].filter(({ lastSentMs }) => lastSentMs <= due).map(({ traceId }) => traceId);
      const stored = await storedOf(store, ask);
      const nowMs = Date.now();
      for (const { trace_id: traceId, spans } of stored) {
        const trace = open.get(traceId);
        if (trace === undefined || spans < trace.spans) continue;
        latencies.push(nowMs - trace.lastSentMs - settleMs);
        open.delete(traceId);
      }
      await sleep(pollMs);
    }
    latencies.sort((a, b) => a - b);
    const at = (part: number): number => latencies[Math.ceil(part * latencies.length) - 1] ?? NaN;
    return {
      load,
      spansPerSecond: Math.round((ready.spans * 1000) / ((doneMs ?? Date.now()) - startedMs)),
      traces: latencies.length,
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      maxMs: at(1),
      storedPerSecond: Math.round((ready.spans * 1000) / (Date.now() - startedMs - settleMs)),
    };
  } finally {
    child.kill();
  }
}

async function giveUp(store: Store, missing: readonly WatchedTrace[]): Promise<never> {
  const stored = new Map(
    (
      await storedOf(
        store,
        missing.map(({ traceId }) => traceId),
      )
    ).map((row) => [row.trace_id, row]),
  );
  const lines = missing.map(({ traceId, spans }) => `${traceId}: ${stored.get(traceId)?.spans ?? 0} of ${spans} spans`);
  throw new Error(`not stored ${patienceMs} ms after the last span was acknowledged:\n${lines.join('\n')}`);
}

async function startRoles(cluster: Cluster): Promise<number> {
  const [gateway, ...others] = await Promise.all([
    cluster.start('gateway'),
    cluster.start('assembler'),
    cluster.start('sink'),
  ]);
  await Promise.all([gateway, ...others].map((worker) => worker.ready()));
  return gateway.ports.http;
}

function tell({ load, spansPerSecond, traces, p50Ms, p99Ms, maxMs, storedPerSecond }: Freshness): void {
  const what = load === null ? 'as fast as it is taken' : `load ${load} %`;
  console.log(
    `${what}: ${spansPerSecond} spans/s in, ${storedPerSecond} spans/s stored; ${traces} traces watched: ` +
      `settle + ${p50Ms} ms (p50), + ${p99Ms} ms (p99), + ${maxMs} ms (most)`,
  );
}

const cluster = await startCluster({ partitions: Number(values.partitions), flags: [`--settle=${settleMs}ms`] });
const { url, secret: password } = cluster.clickhouse;
const store = openStore({ url, password, database: 'spanloom' });
const results: Freshness[] = [];
let clean = false;
try {
  const port = await startRoles(cluster);
  const run = async (seed: number, spans: number, load: number | null, rate: number | null): Promise<Freshness> => {
    const traces = Math.ceil(spans / spansPerTrace);
    const watchEvery = Math.max(1, Math.round(traces / watchedTraces));
    const result = await measure(store, { seed, traces, startMs: Date.now(), port, rate, watchEvery }, load);
    results.push(result);
    tell(result);
    return result;
  };
  // Once to warm up, once to see what the machine can do.
  await run(1, 100_000, null, null);
  const { storedPerSecond: most } = await run(2, 400_000, null, null);
  for (const [nth, load] of loads.entries()) {
    const rate = (most * load) / 100;
    await run(3 + nth, rate * seconds, load, rate);
  }
} finally {
  const audit = await cluster.audit();
  clean = audit.clean;
  console.log(`audit: ${clean ? 'clean' : JSON.stringify(audit.partitions)}`);
  await store.close();
  await cluster.stop();
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
if (!clean) process.exitCode = 1;
