import { Client, credentials, status, type ServiceError } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { loadDefinitions } from './grpc/definitions.ts';
import { defaultQueryConfig } from './options.ts';
import { clockAt } from './testing/clock.ts';
import { idOf, ordersAt } from './testing/orders.ts';
import { startQuery, type TestQuery } from './testing/query.ts';
import { startStore, type TestStore } from './testing/store.ts';

const nowMs = Math.floor(Date.now() / 60_000) * 60_000 + 30_000;
const storedToMs = nowMs - 2000;
const { orders, gap } = ordersAt(nowMs);

let stored: TestStore;
let running: TestQuery;
/** Its queries may read one row. */
let limited: TestQuery;

beforeAll(async () => {
  stored = await startStore();
  await stored.put([...orders, [gap]], storedToMs);
  running = await startQuery({ store: stored.store.read, clock: clockAt(nowMs) });
  limited = await startQuery({
    store: stored.store.read,
    keeper: stored.store,
    clock: clockAt(nowMs),
    config: { queryLimits: { ...defaultQueryConfig.queryLimits, maxRowsToRead: 1 } },
  });
});

afterAll(async () => {
  expect([...running.failures, ...limited.failures]).toEqual([]);
  await running.query.stop();
  await limited.query.stop();
  await stored.remove();
});

const told = 'This takes more than 20 s, 1 rows read or 1024 MiB. Ask for a shorter window, or add a condition.';

interface Route {
  /** What to ask. */
  readonly path: string;
  /** Whether its answer sums up spans. */
  readonly sums: boolean;
}

const summing = (path: string): Route => ({ path, sums: true });
const listing = (path: string): Route => ({ path, sums: false });

/** Of the document of /api/v1; null: it reads neither spans nor figures. */
const routes: Readonly<Record<string, Route | null>> = {
  compare: summing('compare'),
  edges: summing('edges'),
  exemplars: summing('exemplars'),
  fields: listing('fields'),
  'fields/{name}/values': listing('fields/span.nth/values'),
  graph: summing('graph'),
  heatmap: summing('heatmap?service=shop'),
  operations: summing('operations'),
  pipeline: summing('pipeline'),
  'rollups/results': null,
  'rollups/runs': null,
  search: summing(`search?q=${encodeURIComponent('{service = shop} >> {}')}`),
  'search/clauses': summing(`search/clauses?q=${encodeURIComponent('service = shop')}`),
  series: summing('series?service=shop'),
  services: listing('services'),
  settings: null,
  stats: summing('stats'),
  storage: summing('storage'),
  // Tells of traces as they are written, for as long as somebody listens.
  tail: null,
  traces: listing('traces'),
  // They are in the buffer.
  'traces/open': null,
  'traces/{id}': listing(`traces/${idOf(4)}`),
  'traces/{id}/ranks': summing(`traces/${idOf(4)}/ranks`),
};
const asked = Object.values(routes).filter((route) => route !== null);

it('the document of /api/v1 has no other route', async () => {
  const document = (await (await running.get('/api/v1/openapi.json')).json()) as { readonly paths: object };
  expect(Object.keys(document.paths).toSorted()).toEqual(
    Object.keys(routes)
      .map((route) => `/api/v1/${route}`)
      .toSorted(),
  );
});

describe('an answer that sums up spans tells how far it is complete', () => {
  it.each(asked.filter(({ sums }) => sums))('$path', async ({ path }) => {
    const response = await running.get(`/api/v1/${path}`);
    // A second less than what the sink has stored: clocks differ.
    const completeTo = new Date(storedToMs - 1000).toISOString().replace('.000', '');
    expect([response.status, await response.json()]).toMatchObject([200, { completeTo, behind: [] }]);
  });
});

describe('what a query may not do is told, by /api/v1', () => {
  // It says itself which clauses it could not count.
  it.each(asked.filter(({ path }) => !path.startsWith('search/clauses')))('$path', async ({ path }) => {
    const response = await limited.get(`/api/v1/${path}`);
    expect([response.status, await response.json()]).toEqual([
      422,
      { error: { code: 'too_much', message: told, parameter: null } },
    ]);
  });
});

describe("what a query may not do is told, by Jaeger's", () => {
  const window = new URLSearchParams({
    'query.startTimeMin': new Date(nowMs - 60_000).toISOString(),
    'query.startTimeMax': new Date(nowMs).toISOString(),
  }).toString();

  /** Metrics are of whole minutes. */
  const wholeMinute = `endTs=${nowMs + 60_000}`;

  it.each([
    '/api/services',
    '/api/services/shop/operations',
    '/api/operations?service=shop',
    '/api/traces?service=shop',
    `/api/traces?traceID=${idOf(4)}`,
    `/api/traces/${idOf(4)}`,
    '/api/dependencies',
    `/api/metrics/latencies?service=shop&quantile=0.95&${wholeMinute}`,
    `/api/metrics/calls?service=shop&${wholeMinute}`,
    `/api/metrics/errors?service=shop&groupByOperation=true&${wholeMinute}`,
  ])('%s', async (path) => {
    const response = await limited.get(path);
    expect([response.status, await response.json()]).toMatchObject([
      422,
      { data: null, errors: [{ code: 422, msg: told }] },
    ]);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  });

  it('/api/archive', async () => {
    const response = await limited.get(`/api/archive/${idOf(4)}`, { method: 'POST' });
    expect([response.status, await response.json()]).toMatchObject([422, { errors: [{ code: 422, msg: told }] }]);
  });

  it.each([
    '/api/v3/services',
    '/api/v3/operations?service=shop',
    `/api/v3/traces/${idOf(4)}`,
    `/api/v3/traces?${window}`,
    `/api/v3/trace-summaries?${window}`,
  ])('%s', async (path) => {
    const response = await limited.get(path);
    expect([response.status, await response.json()]).toEqual([422, { error: { httpCode: 422, message: told } }]);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  });

  const seconds = { seconds: String(Math.floor(nowMs / 1000) - 60), nanos: 0 };
  const endSeconds = { seconds: String(Math.ceil(nowMs / 1000)), nanos: 0 };
  const query = { startTimeMin: seconds, startTimeMax: endSeconds, searchDepth: 20 };

  it.each([
    ['v2', 'GetServices', {}],
    ['v2', 'GetOperations', { service: 'shop' }],
    ['v2', 'GetTrace', { traceId: Buffer.from(idOf(4), 'hex') }],
    ['v2', 'FindTraces', { query: { ...query, serviceName: 'shop' } }],
    ['v2', 'ArchiveTrace', { traceId: Buffer.from(idOf(4), 'hex') }],
    ['v2', 'GetDependencies', { startTime: seconds, endTime: endSeconds }],
    ['v3', 'GetServices', {}],
    ['v3', 'GetOperations', { service: 'shop' }],
    ['v3', 'GetTrace', { traceId: idOf(4) }],
    ['v3', 'FindTraces', { query }],
    ['v3', 'FindTraceSummaries', { query }],
    ['v3', 'GetDependencies', { startTime: seconds, endTime: endSeconds }],
  ] as const)('gRPC %s %s', async (generation, name, message) => {
    const method = (await loadDefinitions())[generation][name];
    if (method === undefined) throw new Error(`no method ${name}`);
    const client = new Client(`127.0.0.1:${limited.query.grpcPort}`, credentials.createInsecure());
    onTestFinished(() => client.close());
    const refused = await new Promise<ServiceError>((resolve, reject) => {
      // A stream of answers breaks off with the same error as a single one.
      const call = client.makeServerStreamRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        message,
      );
      call.on('error', (error: ServiceError) => resolve(error));
      call.on('end', () => reject(new Error('it was answered')));
      call.resume();
    });
    expect(refused).toMatchObject({ code: status.RESOURCE_EXHAUSTED, details: told });
  });
});

describe('the query of a request whose client goes away is ended in ClickHouse', () => {
  /** Reads of any request, and they never end by themselves. */
  const endless = 'SELECT count() FROM numbers(1e15) WHERE cityHash64(number) = 1';
  let waiting: TestQuery;

  beforeAll(async () => {
    const { read } = stored.store;
    waiting = await startQuery({
      store: {
        rows: async (_query, _parameters, options) => await read.rows(endless, {}, options),
        bytes: async (_query, format, _parameters, options) => await read.bytes(endless, format, {}, options),
      },
      // Longer than this test waits.
      config: {
        requestTimeoutMs: 60_000,
        queryLimits: { maxExecutionSeconds: 60, maxRowsToRead: 0, maxMemoryBytes: 1024 ** 3 },
      },
    });
  });
  afterAll(async () => await waiting.query.stop());

  async function running(): Promise<number> {
    const sql = `SELECT 1 AS one FROM system.processes WHERE query LIKE '%1e15%' AND query NOT LIKE '%system.processes%'`;
    return (await stored.store.read.rows(sql, {})).length;
  }

  it.each([
    '/api/v1/services',
    `/api/v1/traces/${idOf(4)}`,
    '/api/services',
    `/api/traces/${idOf(4)}`,
    '/api/v3/services',
  ])('%s', async (path) => {
    const gone = new AbortController();
    const answer = waiting.get(path, { signal: gone.signal });
    await vi.waitFor(async () => expect(await running()).toBeGreaterThan(0), { timeout: 10_000 });
    gone.abort();
    await expect(answer).rejects.toThrow(/abort/);
    await vi.waitFor(async () => expect(await running()).toBe(0), { timeout: 10_000 });
  });
});
