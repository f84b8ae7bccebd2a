import { type BufferedChunk, openMemoryBuffer } from '@spanloom/buffer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getAnswer, refusal } from '../testing/answers.ts';
import { clockAt } from '../testing/clock.ts';
import { idOf, ordersAt } from '../testing/orders.ts';
import { startQuery, type TestQuery } from '../testing/query.ts';
import { anOpenChunk } from '../testing/records.ts';
import { aSpan } from '../testing/spans.ts';
import { startStore, type TestStore } from '../testing/store.ts';
import { pipelineAnswer } from './pipeline.ts';

const nowMs = Math.floor(Date.now() / 60_000) * 60_000 + 30_000;
const { orders, gap, late } = ordersAt(nowMs);

/** A trace of two chunks, with three spans. */
function anOpenTrace(offset: number, atMs: number): BufferedChunk[] {
  const traceId = idOf(100 + offset);
  const chunk = (at: number, spans: number): BufferedChunk => ({
    ...anOpenChunk(
      at,
      Array.from({ length: spans }, (_, n) => aSpan({ traceId, spanId: idOf(1000 * at + n + 1).slice(16) })),
    ),
    streamTimeMs: nowMs + atMs,
  });
  return [chunk(offset, 2), chunk(offset + 1, 1)];
}

let stored: TestStore;
let running: TestQuery;

beforeAll(async () => {
  stored = await startStore();
  await stored.put([...orders, [gap]], nowMs - 42_000);
  await stored.put([late], nowMs - 2000);
  const bounds = { spans: { low: 3, high: 20 }, traces: { low: 0, high: 12 }, 'spans.dlq': { low: 1, high: 5 } };
  const buffer = openMemoryBuffer({ maxBytes: 1_000_000 });
  const { claim } = await buffer.claim('s1', 0);
  await claim.reset({ applied: 15, reconciled: 0, streamTimeMs: nowMs - 9000 });
  const open = [...anOpenTrace(15, -9000), ...anOpenTrace(17, -4000)];
  await claim.append(open, { applied: 20, streamTimeMs: nowMs - 1000 });
  running = await startQuery({
    store: stored.store.read,
    clock: clockAt(nowMs),
    buffer,
    log: {
      stream: { id: 's1', partitions: 2 },
      bounds: async (topic, partition) => (partition === 0 ? bounds[topic] : { low: 0, high: 0 }),
      read: async () => [],
    },
  });
});

afterAll(async () => {
  await running.query.stop();
  await stored.remove();
});

interface Pipeline {
  readonly columns: readonly { readonly time: string; readonly spans: number; readonly spansPerSecond: number }[];
}

const pipeline = async (query: string): Promise<Pipeline> =>
  await getAnswer<Pipeline>(running, `pipeline${query}`, pipelineAnswer);

describe('the pipeline', () => {
  it('has where each partition is', async () => {
    expect(await pipeline('')).toMatchObject({
      stream: 's1',
      behind: [{ partition: 1, streamTime: null }],
      deadLetters: 4,
      partitions: [
        // Eleven records were stored, and their chunks are finished.
        { partition: 0, spans: { low: 3, high: 20 }, unfinished: 9, unstored: 1, lagSeconds: 2 },
        { partition: 1, unfinished: 0, unstored: 0, open: null, streamTime: null, lagSeconds: null },
      ],
    });
  });

  it('counts what is open, where the buffer says so', async () => {
    const oldestAt = new Date(nowMs - 9000).toISOString();
    expect(await pipeline('')).toMatchObject({
      partitions: [{ open: { traces: 2, spans: 6, chunks: 4, oldestAt } }, { open: null }],
    });
  });

  it('has what the last audit of this stream found', async () => {
    expect(await pipeline('')).toMatchObject({ lastAudit: null });
    const found = { partitions: 2, acknowledged: 90, stored: 80, deadLettered: 1, inFlight: 6, clean: false };
    const wrong = { missing: 3, doubled: 2, unknown: 0, expiredUnread: 1 };
    const audit = { stream: 's1', endedMs: nowMs - 5000, durationMs: 1250, ...found, ...wrong };
    await stored.store.recordAudit(audit);
    await stored.store.recordAudit({ ...audit, endedMs: nowMs - 9000, stored: 1 });
    await stored.store.recordAudit({ ...audit, stream: 's0', endedMs: nowMs });
    expect(await pipeline('')).toMatchObject({
      lastAudit: { at: new Date(nowMs - 5000).toISOString(), durationSeconds: 1.25, ...found, ...wrong },
    });
  });

  it('has what came through', async () => {
    expect(await pipeline('')).toMatchObject({
      totals: { spans: 39, errors: 3, fragments: 11, complete: 9, incomplete: 2 },
      reasons: [{ reason: 'complete', fragments: 11, complete: 9, incomplete: 2 }],
      stepSeconds: 60,
    });
    const { columns } = await pipeline('?from=now-2m');
    expect(columns.reduce((sum, column) => sum + column.spans, 0)).toBe(39);
    expect(Math.max(...columns.map((column) => column.spansPerSecond))).toBeGreaterThan(2);
    expect(columns).toHaveLength(24);
  });

  it('looks at its window only', async () => {
    expect(await pipeline('?from=now-10s')).toMatchObject({ totals: { spans: 2, fragments: 1 } });
    expect(await pipeline('?from=now-10s&to=now-5s')).toMatchObject({ totals: { spans: 0 }, reasons: [] });
  });

  it.each(['pipeline?from=now&to=now-1h', 'pipeline?from=now&to=now'])('refuses %s', async (path) =>
    expect(await refusal(running, path)).toMatchObject({ parameter: 'to' }),
  );
});

it.each([
  ['away', { openFigures: async () => await Promise.reject(new Error('no Redis')) }, null],
  ['empty', { openFigures: async () => ({ applied: 90, chunks: 0, traces: 0, spans: 0 }) }, 0],
])('is told when the buffer is %s', async (_, buffer, traces) => {
  const other = await startQuery({ store: stored.store.read, clock: clockAt(nowMs), buffer });
  const open = traces === null ? null : { traces, spans: 0, chunks: 0, oldestAt: null };
  expect(await getAnswer(other, 'pipeline', pipelineAnswer)).toMatchObject({ partitions: [{ open }] });
  await other.query.stop();
});

it.each([
  [700, new Date(nowMs - 3000).toISOString()],
  [1500, null],
])('looks for the oldest that is open near the watermark only: at %i', async (offset, oldestAt) => {
  const [oldest] = anOpenTrace(offset, -3000);
  const buffer: Parameters<typeof startQuery>[0]['buffer'] = {
    openFigures: async () => ({ applied: 2000, chunks: 1, traces: 1, spans: 2 }),
    openBetween: async (_stream, _partition, from, to) =>
      oldest !== undefined && from <= offset && offset < to ? [oldest] : [],
  };
  const other = await startQuery({ store: stored.store.read, clock: clockAt(nowMs), buffer });
  expect(await getAnswer(other, 'pipeline', pipelineAnswer)).toMatchObject({ partitions: [{ open: { oldestAt } }] });
  await other.query.stop();
});

it('is told where the log is away', async () => {
  const away = await startQuery({
    store: stored.store.read,
    clock: clockAt(nowMs),
    log: {
      stream: { id: 's1', partitions: 1 },
      bounds: async () => await Promise.reject(new Error('no broker')),
      read: async () => [],
    },
  });
  expect(await getAnswer(away, 'pipeline', pipelineAnswer)).toMatchObject({
    deadLetters: null,
    partitions: [{ spans: null, traces: null, unfinished: null, unstored: null, lagSeconds: 2 }],
  });
  await away.query.stop();
});
