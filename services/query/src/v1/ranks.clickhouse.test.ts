import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getAnswer, refusal } from '../testing/answers.ts';
import { clockAt } from '../testing/clock.ts';
import { idOf, ordersAt } from '../testing/orders.ts';
import { startQuery, type TestQuery } from '../testing/query.ts';
import { anOpenChunk } from '../testing/records.ts';
import { aResource, aSpan, text } from '../testing/spans.ts';
import { startStore, type TestStore } from '../testing/store.ts';
import { SpanKind } from '@spanloom/span';
import { ranksAnswer } from './ranks.ts';

const nowMs = Math.floor(Date.now() / 60_000) * 60_000 + 30_000;
const { orders, open } = ordersAt(nowMs);
const start = BigInt(nowMs - 5000) * 1_000_000n;

/** The name of both is the same; what they are counted under is not, for one has a route. */
const users = ['/users/{id}', '/clients/{id}'].map((route, at) =>
  aSpan({
    traceId: idOf(99),
    spanId: `00000000000000a${at}`,
    name: 'GET /users/1234',
    kind: SpanKind.server,
    resource: aResource('users'),
    attributes: [text('http.route', route), text('http.request.method', 'GET')],
    startTimeUnixNano: start,
    endTimeUnixNano: start + 1_000_000n,
  }),
);
const third = users.slice(0, 1).map((span) => ({ ...span, spanId: '00000000000000a2' }));

let stored: TestStore;
let running: TestQuery;

beforeAll(async () => {
  stored = await startStore();
  await stored.put([...orders, [...users, ...third]], nowMs - 2000);
  const chunk = { ...anOpenChunk(100, [open]), streamTimeMs: nowMs - 500 };
  running = await startQuery({
    store: stored.store.read,
    clock: clockAt(nowMs),
    buffer: { peek: async (_stream, _partition, traceId) => (traceId === open.traceId ? [chunk] : []) },
  });
});

afterAll(async () => {
  await running.query.stop();
  await stored.remove();
});

interface Group {
  readonly operation: string;
  readonly names: readonly string[];
  readonly spanIds: readonly string[];
  readonly calls: number;
  readonly durationMs: Record<string, number> | null;
  readonly histogram: { readonly first: number; readonly counts: readonly number[] } | null;
}

const groupsOf = async (id: string): Promise<readonly Group[]> =>
  (await getAnswer<{ groups: Group[] }>(running, `traces/${id}/ranks`, ranksAnswer)).groups;

describe('the ranks of a trace', () => {
  it('have what its operations usually take, from all traces of the day', async () => {
    const groups = await groupsOf(idOf(4));
    expect(groups.map(({ operation }) => operation).toSorted()).toEqual(['GET', 'GET /', 'GET /cart', 'SELECT']);
    const cart = groups.find(({ operation }) => operation === 'GET /cart');
    expect(cart).toMatchObject({ names: ['GET /cart'], spanIds: [], calls: 9, kind: 'server' });
    expect(cart?.durationMs?.['p50']).toBeCloseTo(30, 0);
    const { first = 0, counts = [] } = cart?.histogram ?? {};
    expect(counts.reduce((a, b) => a + b)).toBe(9);
    // 6 ms and 54 ms lie in the first and in the last bucket.
    for (const [ms, at] of [
      [6, 0],
      [54, counts.length - 1],
    ] as const) {
      expect(counts[at]).toBeGreaterThan(0);
      expect(2 ** ((first + at) / 8)).toBeLessThan(ms * 1e6);
      expect(2 ** ((first + at + 1) / 8)).toBeGreaterThanOrEqual(ms * 1e6);
    }
  });

  it('name the spans that their name does not tell apart', async () => {
    expect(await groupsOf(idOf(99))).toMatchObject([
      { operation: 'GET /users/{id}', names: ['GET /users/1234'], spanIds: [], spanCount: 2, calls: 2 },
      { operation: 'GET /clients/{id}', names: [], spanIds: ['00000000000000a1'], spanCount: 1, calls: 1 },
    ]);
  });

  it('are there for an open trace; an operation that was not seen before has none', async () => {
    expect(await groupsOf(open.traceId)).toMatchObject([
      { operation: 'GET /open', names: ['GET /open'], spanCount: 1, calls: 0, durationMs: null, histogram: null },
    ]);
  });
});

describe('a trace that is not here', () => {
  it.each(['traces/abc1', 'traces/abc1/ranks'])('was never seen while nothing was let go of: %s', async (path) => {
    expect(await refusal(running, path, 404)).toMatchObject({
      code: 'not_found',
      parameter: 'id',
      reason: 'never_seen',
      retentionDays: 7,
    });
  });

  it('may have been, once something was let go of', async () => {
    const later = await startQuery({ store: stored.store.read, clock: clockAt(nowMs + 9 * 86_400_000) });
    expect(await refusal(later, 'traces/abc1', 404)).toMatchObject({ reason: 'not_in_retention', retentionDays: 7 });
    await later.query.stop();
  });

  it('was here where the figures name it', async () => {
    await stored.expireTraces();
    expect(await refusal(running, `traces/${idOf(9)}`, 404)).toMatchObject({
      reason: 'expired',
      message: expect.stringContaining('7 days'),
    });
  });

  it.each(['traces/xyz', 'traces/0', 'traces/xyz/ranks'])('has an id: %s', async (path) => {
    expect(await refusal(running, path)).toMatchObject({ code: 'invalid_parameter', parameter: 'id' });
  });
});
