import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getAnswer, refusal } from '../testing/answers.ts';
import { clockAt } from '../testing/clock.ts';
import { ordersAt } from '../testing/orders.ts';
import { startQuery, type TestQuery } from '../testing/query.ts';
import { startStore, type TestStore } from '../testing/store.ts';
import { pipelineAnswer } from './pipeline.ts';

const nowMs = Math.floor(Date.now() / 60_000) * 60_000 + 30_000;
const { orders, gap, late } = ordersAt(nowMs);

let stored: TestStore;
let running: TestQuery;

beforeAll(async () => {
  stored = await startStore();
  await stored.put([...orders, [gap]], nowMs - 42_000);
  await stored.put([late], nowMs - 2000);
  const bounds = { spans: { low: 3, high: 20 }, traces: { low: 0, high: 12 }, 'spans.dlq': { low: 1, high: 5 } };
  running = await startQuery({
    store: stored.store.read,
    clock: clockAt(nowMs),
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
        { partition: 1, unfinished: 0, unstored: 0, streamTime: null, lagSeconds: null },
      ],
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
