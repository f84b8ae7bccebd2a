import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clockAt } from '../testing/clock.ts';
import { startQuery, type TestQuery } from '../testing/query.ts';
import { anOpenChunk } from '../testing/records.ts';
import { shopTraces } from '../testing/shop.ts';
import { aSpan } from '../testing/spans.ts';
import { startStore, type TestStore } from '../testing/store.ts';

const nowMs = Date.now();
const shop = shopTraces(nowMs - 120_000);
const orderId = '4bf92f3577b34da6a3ce929d0e0e4736';
const open = aSpan({ traceId: '0000000000000000000000000000e001', spanId: '00000000000000e1' });

let stored: TestStore;
let running: TestQuery;

beforeAll(async () => {
  stored = await startStore();
  await stored.put([shop.order, shop.job], nowMs - 1000);
  const openChunk = anOpenChunk(100, [open]);
  running = await startQuery({
    store: stored.store.read,
    keeper: stored.store,
    clock: clockAt(nowMs),
    buffer: { peek: async (_stream, _partition, traceId) => (traceId === open.traceId ? [openChunk] : []) },
  });
});

afterAll(async () => {
  await running.query.stop();
  await stored.remove();
});

async function data(path: string): Promise<unknown> {
  const answer = await running.get(path);
  expect(answer.status, path).toBe(200);
  return ((await answer.json()) as { data: unknown }).data;
}

async function expectError(path: string, code: number, msg: unknown, init?: RequestInit): Promise<void> {
  const answer = await running.get(path, init);
  expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  expect(JSON.parse(await answer.text())).toMatchObject({ data: null, errors: [{ code, msg }] });
  expect(answer.status).toBe(code);
}

describe('a trace that is kept', () => {
  const keep = async (id: string): Promise<Response> => await running.get(`/api/archive/${id}`, { method: 'POST' });

  it('is refused while it is open, and where it is not there', async () => {
    await expectError('/api/archive/abc', 404, 'trace not found', { method: 'POST' });
    await expectError('/api/archive/zz', 400, 'invalid length for TraceID', { method: 'POST' });
    await expectError(`/api/archive/${open.traceId}`, 400, expect.stringMatching(/still open/), { method: 'POST' });
    expect((await keep('')).status).toBe(404);
  });

  it('stays as it was after the others have gone, and twice is once', async () => {
    const before = await data(`/api/traces/${orderId}`);
    for (let times = 0; times < 2; times += 1) {
      const answer = await keep(orderId);
      expect(answer.status).toBe(200);
      expect(await answer.text()).toBe('{"data":[],"total":0,"limit":0,"offset":0,"errors":[]}');
    }
    expect(await data(`/api/traces/${orderId}`)).toEqual(before);
    const own = async (id: string): Promise<unknown> => await (await running.get(`/api/v1/traces/${id}`)).json();
    expect(await own(orderId)).toMatchObject({ spanCount: 4, kept: true, fragments: [{ spanCount: 4 }] });
    expect(await own(shop.job[0]?.traceId ?? '')).toMatchObject({ spanCount: 1, kept: false });

    await stored.expireTraces();

    expect(await data(`/api/traces/${orderId}`)).toEqual(before);
    expect(await own(orderId)).toMatchObject({ spanCount: 4, kept: true, fragments: [{ spanCount: 4 }] });
    await expectError('/api/traces/b001', 404, 'trace not found');
    // Nothing new to keep; it is kept all the same.
    expect((await keep(orderId)).status).toBe(200);
    expect(await data(`/api/traces/${orderId}`)).toEqual(before);
  });

  it('is shown with what came later', async () => {
    const late = aSpan({ ...shop.order[0], spanId: '00000000000000af', parentSpanId: '00000000000000a1' });
    await stored.put([[late]], nowMs);
    expect(await data(`/api/traces/${orderId}`)).toMatchObject([{ spans: { length: 5 } }]);
    expect((await keep(orderId)).status).toBe(200);
    await stored.expireTraces();
    expect(await data(`/api/traces/${orderId}`)).toMatchObject([{ spans: { length: 5 } }]);
  });
});
