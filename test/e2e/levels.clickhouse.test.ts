import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { backfillLevels } from '@spanloom/rollup';
import { type Histogram, SpanTable, figuresOf, percentile } from '@spanloom/span';
import {
  type Batch,
  type Coarsest,
  type EmbeddedEngine,
  type Store,
  edgesByLevel,
  migrate,
  openStore,
  operationFigures,
  startEmbedded,
} from '@spanloom/store';
import { encodeSpans, skimBody, splitRequest } from '@spanloom/wire';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Ledger, type LedgerEdge, edgeKey, exactPercentile } from '../load/ledger.ts';
import { Random } from '../load/random.ts';
import { makeTrace } from '../load/traces.ts';

/** `npm run test:rollups -- --spans 1000000` makes it more. */
const wantedSpans = Number(process.env['TEST_ROLLUP_SPANS'] ?? 20_000);
const day = 86_400;
const toSeconds = Math.floor(Date.now() / 1000 / day) * day;
/** Three whole days. */
const fromSeconds = toSeconds - 3 * day;
const tracesPerBatch = 500;

let dataDir: string;
let engine: EmbeddedEngine;
let store: Store;
const ledger = new Ledger();
const clock = { now: () => Date.now(), sleep: async (ms: number) => sleep(ms) };

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'spanloom levels '));
  engine = await startEmbedded({ dataDir, clock });
  const connection = { url: engine.url, password: engine.secret };
  await migrate(connection);
  store = openStore(connection);
  await fill();
}, 900_000);

afterAll(async () => {
  await store.close();
  await engine.close();
  await rm(dataDir, { recursive: true, force: true });
});

/** Traces in the order of time, as the sink would store them. */
async function fill(): Promise<void> {
  const random = new Random(7);
  const traces = Math.ceil(wantedSpans / 15);
  for (let first = 0; first < traces; first += tracesPerBatch) {
    const table = new SpanTable();
    const rows = [];
    let lastMs = 0;
    for (let at = first; at < Math.min(traces, first + tracesPerBatch); at += 1) {
      lastMs = Math.floor(fromSeconds * 1000 + (at / traces) * (toSeconds - fromSeconds) * 1000);
      const trace = makeTrace(random, { startMs: lastMs });
      ledger.add(trace.calls, trace.spans);
      const from = table.length;
      const split = splitRequest(encodeSpans(trace.batches.flat()));
      if (!split.ok) throw new Error(split.error.message);
      for (const chunk of split.value.chunks) skimBody(table, chunk.body);
      rows.push({ traceId: trace.traceId, from, to: table.length });
    }
    for (let row = 0; row < table.length; row += 1) table.minute[row] = Math.floor((table.startMs[row] ?? 0) / 60_000);
    const id = { stream: 's', partition: 0, a: first, b: first + tracesPerBatch, appendTimeMs: lastMs };
    const batch: Batch = { id, spans: table, fragments: [], figures: figuresOf(table, rows) };
    for (const name of ['edges_minute', 'operations_minute'] as const) await store.insert(name, batch);
  }
}

async function rollUp(): Promise<void> {
  for (const name of ['edges', 'operations'] as const) {
    await backfillLevels(
      {
        store: store.rollups,
        clock,
        scheduler: 'test',
        runTimeoutMs: 120_000,
        watermarkMs: Date.now(),
        fromSeconds,
        toSeconds: toSeconds + day,
        limits: { maxOperations: 500, maxPeers: 200 },
        graceMs: 0,
        minuteRetentionMs: 90 * day * 1000,
        attempt: () => randomBytes(8).readBigUInt64BE(),
        onProgress: () => undefined,
      },
      name,
    );
  }
}

/** The exact durations of an edge against its histogram. */
function expectPercentiles(exact: readonly number[], histogram: Histogram): void {
  for (const q of [0.5, 0.9, 0.95, 0.99]) {
    if (exact.length === 0) return expect(histogram.size).toBe(0);
    const error = Math.abs((percentile(histogram, q) ?? 0) / exactPercentile(exact, q) - 1);
    expect(error).toBeLessThan(0.011);
  }
}

describe.each(['minute', 'hour', 'day'] as const)('from the level of a %s', (coarsest: Coarsest) => {
  const window = { fromMinute: fromSeconds / 60, toMinute: toSeconds / 60 + 60, coarsest };

  it('counts are those of the ledger, and percentiles within 1.1 % of the exact ones', async () => {
    if (coarsest === 'hour') await rollUp();
    const { rows, levels } = await edgesByLevel(store.read, { ...window, byOperation: false });
    if (coarsest !== 'minute')
      expect(coarsest === 'day' ? levels.days : levels.hours).toBe(coarsest === 'day' ? 3 : 72);
    const found = new Map(
      rows.map((row) => [edgeKey({ client: row.client?.name ?? null, server: row.server.name, kind: row.kind }), row]),
    );
    expect([...found.keys()].toSorted()).toEqual([...ledger.edges.keys()].toSorted());
    for (const [key, row] of found) {
      const expected = ledger.edges.get(key) as LedgerEdge;
      const { calls, clientErrors, serverErrors } = expected;
      expect(row).toMatchObject({ calls, clientErrors, serverErrors });
      expectPercentiles(expected.clientDurationsNs, row.clientHistogram);
      expectPercentiles(expected.serverDurationsNs, row.serverHistogram);
    }
    const operations = await operationFigures(store.read, window);
    expect(operations.reduce((sum, row) => sum + row.calls, 0)).toBe(ledger.spans);
  });
});
