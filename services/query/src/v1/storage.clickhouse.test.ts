import { FormatRegistry } from '@sinclair/typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attributeShares, operationShares } from '@spanloom/store';
import { getAnswer, refusal } from '../testing/answers.ts';
import { clockAt } from '../testing/clock.ts';
import { ordersAt } from '../testing/orders.ts';
import { startQuery, type TestQuery } from '../testing/query.ts';
import { startStore, type TestStore } from '../testing/store.ts';
import { storageAnswer } from './storage.ts';

FormatRegistry.Set('date', (value) => /^\d{4}-\d\d-\d\d$/.test(value));

const nowMs = Date.now();
const today = Math.floor(nowMs / 86_400_000);

let stored: TestStore;
let running: TestQuery;

beforeAll(async () => {
  stored = await startStore();
  await stored.put(ordersAt(nowMs - 86_400_000).orders, nowMs - 86_400_000);
  await stored.put(ordersAt(nowMs).orders.slice(0, 2), nowMs - 2000);
  running = await startQuery({ store: stored.store.read, clock: clockAt(nowMs) });
});

afterAll(async () => {
  await running.query.stop();
  await stored.remove();
});

interface Storage {
  readonly bytesOnDisk: number;
  readonly tables: readonly { readonly table: string; readonly bytesOnDisk: number }[];
  readonly days: readonly {
    readonly day: string;
    readonly spans: number;
    readonly traceBytes: number;
    readonly services: readonly { readonly service: { readonly name: string }; readonly bytes: number }[];
  }[];
  readonly attributes: readonly { readonly key: string; readonly spans: number; readonly bytes: number }[];
  readonly projection: { readonly traceBytesPerDay: number } | null;
}

const storage = async (query = ''): Promise<Storage> =>
  await getAnswer<Storage>(running, `storage${query}`, storageAnswer);

describe('what is stored', () => {
  it('has each table, and all of them together', async () => {
    const { tables, bytesOnDisk } = await storage();
    expect(tables.map(({ table }) => table)).toEqual(expect.arrayContaining(['spans_data', 'edges_minute_data']));
    expect(tables.reduce((sum, table) => sum + table.bytesOnDisk, 0)).toBe(bytesOnDisk);
  });

  it('has each day, shared out among its services', async () => {
    const { days } = await storage();
    expect(days.map(({ day, spans }) => [day, spans])).toEqual([
      [new Date((today - 1) * 86_400_000).toISOString().slice(0, 10), 36],
      [new Date(today * 86_400_000).toISOString().slice(0, 10), 8],
    ]);
    for (const { services, traceBytes } of days) {
      expect(services.map(({ service }) => service.name).toSorted()).toEqual(['cart', 'shop']);
      const shared = services.reduce((sum, { bytes }) => sum + bytes, 0);
      expect(Math.abs(shared - traceBytes)).toBeLessThanOrEqual(services.length);
      // It has attributes, and the other has none.
      expect(services.find(({ service }) => service.name === 'cart')?.bytes).toBeGreaterThan(traceBytes / 2);
    }
    expect((await storage('?days=1')).days).toHaveLength(1);
  });

  it('has the largest attributes and operations', async () => {
    expect(await storage('?limit=2')).toMatchObject({
      spanCount: 44,
      sampledSpans: 44,
      attributes: [
        // 25 letters and a number of three; 14 letters and a value of ten.
        { key: 'http.response.status_code', spans: 11, bytes: 11 * 28 },
        { key: 'db.system.name', spans: 11, bytes: 11 * 24 },
      ],
      operations: [
        { service: { name: 'cart' }, operation: 'SELECT', spans: 11 },
        { service: { name: 'cart' }, operation: 'GET /cart', spans: 11 },
      ],
    });
  });

  it('comes to what a day takes, for as long as it is kept', async () => {
    const { days, projection } = await storage();
    expect(projection).toMatchObject({ basedOnDays: 1, traceBytesPerDay: days[0]?.traceBytes });
  });

  it('is looked at in part where there is much of it', async () => {
    const part = { fromDay: today - 1, toDay: today, oneIn: 2, limit: 10 };
    // The first granule of each part is in any sample.
    expect(await attributeShares(stored.store.read, part)).toHaveLength(4);
    expect(await operationShares(stored.store.read, part)).toHaveLength(4);
  });

  it.each([
    ['storage?days=0', 'days'],
    ['storage?limit=100000', 'limit'],
  ])('refuses %s', async (path, parameter) => expect(await refusal(running, path)).toMatchObject({ parameter }));
});
