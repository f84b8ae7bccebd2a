import { FormatRegistry } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SpanKind, StatusCode, type Span } from '@spanloom/span';
import { clockAt } from './testing/clock.ts';
import { startQuery, type TestQuery } from './testing/query.ts';
import { anOpenChunk } from './testing/records.ts';
import { aResource, aSpan, text } from './testing/spans.ts';
import { startStore, type TestStore } from './testing/store.ts';
import { rollupResultsAnswer, rollupRunsAnswer } from './v1/rollups.ts';

FormatRegistry.Set('date-time', (value) => !Number.isNaN(Date.parse(value)));

const nowMs = Math.floor(Date.now() / 60_000) * 60_000 + 3500;
const streamTimeMs = nowMs - 2000;
const minute = (ms: number): string => new Date(Math.floor(ms / 60_000) * 60_000).toISOString().replace('.000Z', 'Z');

/** A span that began 10 s ago plus `startMs` and took `durationMs`. */
function timed(startMs: number, durationMs: number): Pick<Span, 'startTimeUnixNano' | 'endTimeUnixNano'> {
  const startTimeUnixNano = BigInt(nowMs - 10_000) * 1_000_000n + BigInt(startMs * 1e6);
  return { startTimeUnixNano, endTimeUnixNano: startTimeUnixNano + BigInt(durationMs * 1e6) };
}

const inDemo = [text('deployment.environment.name', 'demo')];
const shop = aResource('shop', inDemo);
const cart = aResource('cart', inDemo);

/** shop GET / → cart GET /cart, which fails and asks a database. */
const first = aSpan({
  traceId: '0000000000000000000000000000a001',
  spanId: '00000000000000a1',
  name: 'GET /',
  kind: SpanKind.server,
  resource: shop,
  ...timed(0, 100),
});
const call = aSpan({
  traceId: first.traceId,
  spanId: '00000000000000a2',
  parentSpanId: first.spanId,
  name: 'GET',
  kind: SpanKind.client,
  resource: shop,
  attributes: [{ key: 'http.response.status_code', value: { type: 'int', value: 500n } }],
  ...timed(10, 50),
});
const served = aSpan({
  traceId: first.traceId,
  spanId: '00000000000000a3',
  parentSpanId: call.spanId,
  name: 'GET /cart',
  kind: SpanKind.server,
  resource: cart,
  status: { code: StatusCode.error, message: 'no cart' },
  ...timed(20, 30),
});
const asked = aSpan({
  traceId: first.traceId,
  spanId: '00000000000000a4',
  parentSpanId: served.spanId,
  name: 'SELECT',
  kind: SpanKind.client,
  resource: cart,
  attributes: [text('db.system.name', 'postgresql'), text('db.namespace', 'carts')],
  ...timed(25, 5),
});
const whole = [first, call, served, asked];

/** A second trace: one span whose parent never came, in an environment of its own. */
const gap = aSpan({
  traceId: '0000000000000000000000000000b001',
  spanId: '00000000000000b1',
  parentSpanId: '00000000000000bb',
  name: 'resize',
  kind: SpanKind.internal,
  resource: aResource('images'),
  ...timed(500, 2),
});

/** Still open. */
const open = aSpan({ traceId: '0000000000000000000000000000c001', spanId: '00000000000000c1', ...timed(900, 1) });

let stored: TestStore;
let running: TestQuery;

beforeAll(async () => {
  stored = await startStore();
  await stored.put([whole, [gap]], streamTimeMs);
  const openChunk = anOpenChunk(100, [open]);
  running = await startQuery({
    store: stored.store.read,
    clock: clockAt(nowMs),
    buffer: { peek: async (_stream, _partition, traceId) => (traceId === open.traceId ? [openChunk] : []) },
  });
});

afterAll(async () => {
  await running.query.stop();
  await stored.remove();
});

async function json(path: string): Promise<unknown> {
  const answer = await running.get(path);
  expect(answer.status, path).toBe(200);
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  return await answer.json();
}

const enveloped = (data: unknown, total = 0, errors: unknown = null): object => ({
  data,
  total,
  limit: 0,
  offset: 0,
  errors,
});

/** Trace ids of a search, in the order of the answer. */
async function found(query: string): Promise<string[]> {
  const answer = await json(`/api/traces?${query}`);
  expect(answer).toMatchObject(enveloped(expect.any(Array)));
  return (answer as { data: { traceID: string }[] }).data.map((trace) => trace.traceID);
}

describe('the API of Jaeger', () => {
  it('lists services, without a charset in the content type', async () => {
    const answer = await running.get('/api/services');
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(await answer.json()).toEqual(enveloped(['cart', 'images', 'shop'], 3));
  });

  it('lists operations of a service; of one that is unknown, null', async () => {
    expect(await json('/api/services/cart/operations')).toEqual(enveloped(['GET /cart', 'SELECT'], 2));
    expect(await json('/api/services/no%2Fne/operations')).toEqual(enveloped(null));
  });

  it('lists operations with their kinds', async () => {
    expect(await json('/api/operations?service=cart')).toMatchObject({
      data: [
        { name: 'GET /cart', spanKind: 'server' },
        { name: 'SELECT', spanKind: 'client' },
      ],
    });
    expect(await json('/api/operations?service=cart&spanKind=client')).toMatchObject({
      data: [{ name: 'SELECT', spanKind: 'client' }],
    });
    expect(await json('/api/operations?service=cart&spanKind=CLIENT')).toMatchObject({ data: [] });
  });

  it.each(['a001', '0000A001', first.traceId])('finds a trace by its id, written as %s', async (id) => {
    expect(await json(`/api/traces/${id}`)).toMatchObject(
      enveloped([
        {
          traceID: '000000000000a001',
          spans: whole.map((span) => ({ spanID: span.spanId, operationName: span.name })),
          processes: { p1: { serviceName: 'shop' }, p2: { serviceName: 'cart' } },
          warnings: null,
        },
      ]),
    );
  });

  it('finds a trace that is still open', async () => {
    expect(await json(`/api/traces/${open.traceId}`)).toMatchObject({ data: [{ spans: [{ spanID: open.spanId }] }] });
  });

  it('says that a trace is not there', async () => {
    const answer = await running.get('/api/traces/abc');
    expect(answer.status).toBe(404);
    expect(await answer.json()).toEqual(enveloped(null, 0, [{ code: 404, msg: 'trace not found' }]));
  });

  it('takes several ids, and names those that are not there', async () => {
    expect(await json(`/api/traces?traceID=b001&traceID=${open.traceId}&traceID=abc`)).toMatchObject(
      enveloped([{ traceID: '000000000000b001' }, { traceID: '000000000000c001' }], 0, [
        { msg: 'trace not found', traceID: '0000000000000abc' },
      ]),
    );
  });

  it('indents when asked to', async () => {
    expect(await (await running.get('/api/services?prettyPrint=true')).text()).toContain('\n    "data": [');
  });

  it.each([
    ['service=shop', ['000000000000a001']],
    ['service=nobody', []],
    ['service=cart&operation=GET%20/cart', ['000000000000a001']],
    ['service=cart&operation=nothing', []],
    ['service=shop&tags=%7B%22http.response.status_code%22:%22500%22%7D', ['000000000000a001']],
    ['service=shop&tag=http.response.status_code:404', []],
    ['service=cart&tag=error:true', ['000000000000a001']],
    ['service=cart&tag=error:false', []],
    ['service=cart&tag=error:true&tag=span.kind:server', ['000000000000a001']],
    ['service=cart&tag=error:true&tag=span.kind:client', []],
    ['service=cart&tag=resource.deployment.environment.name:demo', ['000000000000a001']],
    ['service=shop&minDuration=90ms', ['000000000000a001']],
    ['service=shop&minDuration=101ms', []],
    ['service=images&maxDuration=2ms', ['000000000000b001']],
    ['service=images&maxDuration=1ms', []],
    [`service=shop&start=${(nowMs - 11_000) * 1000}&end=${nowMs * 1000}`, ['000000000000a001']],
    [`service=shop&start=${nowMs * 1000}`, []],
    ['service=shop&limit=1', ['000000000000a001']],
  ])('searches for %s', async (query, ids) => {
    expect(await found(query)).toEqual(ids);
  });

  it('counts calls between services', async () => {
    expect(await json('/api/dependencies')).toEqual(
      enveloped([
        { parent: 'shop', child: 'cart', callCount: 1 },
        { parent: 'cart', child: 'cart', callCount: 1 },
        { parent: 'shop', child: 'shop', callCount: 1 },
      ]),
    );
    expect(await json('/api/dependencies?service=images')).toEqual(enveloped([]));
    expect(await json(`/api/dependencies?endTs=${nowMs - 7_200_000}&lookback=60000`)).toEqual(enveloped([]));
  });
});

const service = (name: string, environment = 'demo'): object => ({ environment, namespace: '', name });

describe('call edges', () => {
  it('are those of the last hour, in whole minutes, with how far they are complete', async () => {
    const answer = await json('/api/v1/edges');
    expect(answer).toMatchObject({
      from: minute(nowMs - 3_600_000),
      to: minute(nowMs + 60_000),
      completeTo: new Date(Math.floor((streamTimeMs - 1000) / 1000) * 1000).toISOString().replace('.000Z', 'Z'),
      behind: [],
    });
    expect(Object.keys(answer as object)).toEqual(['from', 'to', 'completeTo', 'behind', 'levels', 'edges']);
  });

  it('have both sides, their errors and their durations', async () => {
    const { edges } = (await json('/api/v1/edges')) as { edges: object[] };
    expect(edges).toContainEqual({
      client: service('shop'),
      server: service('cart'),
      kind: 'rpc',
      calls: 1,
      sampledCalls: 1,
      clientErrors: 0,
      serverErrors: 1,
      unpaired: 0,
      clientDurationMs: within({ p50: 50, p95: 50, p99: 50, max: 50 }),
      serverDurationMs: within({ p50: 30, p95: 30, p99: 30, max: 30 }),
    });
  });

  it('have null where a side has no span: no caller of an entry, no span of a database', async () => {
    const { edges } = (await json('/api/v1/edges')) as { edges: object[] };
    expect(edges).toContainEqual(
      expect.objectContaining({ client: null, server: service('shop'), kind: 'entry', clientDurationMs: null }),
    );
    expect(edges).toContainEqual(
      expect.objectContaining({ client: service('cart'), kind: 'database', serverDurationMs: null }),
    );
  });

  it('split by operation, filter, sort and limit', async () => {
    expect(
      await json('/api/v1/edges?by=operation&environment=demo&sort=duration&limit=1&quantiles=0.999'),
    ).toMatchObject({
      edges: [{ kind: 'entry', operation: 'GET /', serverDurationMs: within({ 'p99.9': 100, max: 100 }) }],
    });
    expect(await json('/api/v1/edges?environment=elsewhere')).toMatchObject({ edges: [] });
    expect(await json('/api/v1/edges?sort=errors&limit=1')).toMatchObject({ edges: [{ serverErrors: 1 }] });
  });

  it('are an empty list in an empty window', async () => {
    expect(await json('/api/v1/edges?from=now-3h&to=now-2h')).toMatchObject({ edges: [] });
  });
});

describe('our own API', () => {
  it('has figures of operations', async () => {
    expect(await json('/api/v1/operations?service=cart&sort=duration')).toMatchObject({
      completeTo: expect.any(String),
      operations: [
        { service: service('cart'), operation: 'GET /cart', kind: 'server', calls: 1, errors: 1, originErrors: 1 },
        { service: service('cart'), operation: 'SELECT', kind: 'client', calls: 1, errors: 0 },
      ],
    });
  });

  it('lists services and recent traces, newest first', async () => {
    expect(await json('/api/v1/services')).toMatchObject({
      services: [service('cart'), service('images', ''), service('shop')],
    });
    expect(await json('/api/v1/traces')).toMatchObject({
      traces: [
        { traceId: gap.traceId, spanCount: 1, complete: false },
        {
          traceId: first.traceId,
          root: { service: service('shop'), operation: 'GET /' },
          spanCount: 4,
          errorCount: 1,
          durationMs: 100,
          complete: true,
        },
      ],
    });
    expect(await json('/api/v1/traces?limit=1&environment=demo')).toMatchObject({
      traces: [{ traceId: first.traceId }],
    });
  });

  it('shows a stored trace with its verdict and its spans as OTLP', async () => {
    expect(await json(`/api/v1/traces/${first.traceId}`)).toMatchObject({
      traceId: first.traceId,
      state: 'stored',
      complete: true,
      missingParents: [],
      spanCount: 4,
      duplicateSpans: 0,
      partial: false,
      fragments: [{ partition: 0, position: 0, reason: 'complete', spanCount: 4 }],
      trace: { resourceSpans: [{ scopeSpans: [{ spans: [{ spanId: first.spanId }, { spanId: call.spanId }] }] }, {}] },
    });
  });

  it('names a missing parent, and marks what is open', async () => {
    expect(await json('/api/v1/traces/b001')).toMatchObject({ complete: false, missingParents: ['00000000000000bb'] });
    expect(await json('/api/v1/traces/c001')).toMatchObject({ state: 'open', spanCount: 1, fragments: [] });
  });

  it('says that a trace is not there', async () => {
    const answer = await running.get('/api/v1/traces/abc');
    expect(answer.status).toBe(404);
    expect(await answer.json()).toEqual({
      error: {
        code: 'not_found',
        message: expect.any(String),
        parameter: 'id',
        reason: 'never_seen',
        retentionDays: expect.any(Number),
      },
    });
  });
});

// Last, because it stores more.
describe('a search that finds several traces', () => {
  it('has the newest first', async () => {
    const at = (BigInt(nowMs) - 5_000n) * 1_000_000n;
    const two = [1n, 2n].map((nth) =>
      aSpan({
        traceId: `d00${nth}`.padStart(32, '0'),
        resource: aResource('mill'),
        startTimeUnixNano: at + nth,
        endTimeUnixNano: at + nth,
      }),
    );
    await stored.put(
      two.map((span) => [span]),
      streamTimeMs,
    );
    expect(await found('service=mill')).toEqual(['000000000000d002', '000000000000d001']);
  });
});

describe('rollups', () => {
  it('answer the same at every step, and say what they were read from', async () => {
    const at = Math.floor(nowMs / 3_600_000) * 3600 - 3600;
    const earlier = aSpan({
      traceId: '0000000000000000000000000000e001',
      spanId: '00000000000000e1',
      kind: SpanKind.server,
      resource: aResource('earlier'),
      startTimeUnixNano: BigInt(at) * 1_000_000_000n,
      endTimeUnixNano: BigInt(at) * 1_000_000_000n + 5_000_000n,
    });
    await stored.put([[earlier]], streamTimeMs);
    const window = `from=${new Date(at * 1000).toISOString()}&to=${new Date(at * 1000 + 3_600_000).toISOString()}`;
    const before = await json(`/api/v1/edges?${window}&step=1h`);
    expect(before).toMatchObject({ levels: { days: 0, hours: 0, minutes: 60 } });
    await stored.store.rollups.roll(
      {
        name: 'edges',
        level: 'hour',
        atSeconds: [at],
        watermarkMs: streamTimeMs,
        limits: { maxOperations: 500, maxPeers: 200 },
        attempt: 1n,
      },
      30,
    );
    const after = await json(`/api/v1/edges?${window}&step=1h`);
    expect(after).toEqual({ ...(before as object), levels: { days: 0, hours: 1, minutes: 0 } });
    expect(await json(`/api/v1/edges?${window}&step=1m`)).toEqual(before);
    expect((await running.get('/api/v1/operations?step=2h')).status).toBe(400);
  });

  it('list their runs, newest first, and their results', async () => {
    const run = {
      name: 'nightly',
      fromSeconds: 1_764_000_000,
      toSeconds: 1_764_003_600,
      rows: 0,
      startedMs: nowMs - 5000,
      watermarkMs: nowMs - 6000,
      scheduler: 'here',
    };
    await stored.store.rollups.recordRuns([
      { ...run, attempt: 1, status: 'running', durationMs: 0, error: '' },
      { ...run, attempt: 2, status: 'running', startedMs: nowMs - 1000, durationMs: 0, error: '' },
    ]);
    await stored.store.rollups.recordRuns([{ ...run, attempt: 1, status: 'failed', durationMs: 12, error: 'no luck' }]);
    await stored.store.rollups.saveResult(run, 2, [{ service: 'cart', calls: 3 }]);
    const nightly = await json('/api/v1/rollups/runs?name=nightly');
    expect([...Value.Errors(rollupRunsAnswer, nightly)]).toEqual([]);
    expect(nightly).toMatchObject({
      runs: [
        { attempt: 2, status: 'running', error: null },
        { name: 'nightly', from: '2025-11-24T16:00:00Z', to: '2025-11-24T17:00:00Z', attempt: 1, error: 'no luck' },
      ],
    });
    expect(await json('/api/v1/rollups/runs?status=failed')).toMatchObject({ runs: [{ attempt: 1 }] });
    const results = await json('/api/v1/rollups/results?name=nightly');
    expect([...Value.Errors(rollupResultsAnswer, results)]).toEqual([]);
    expect(results).toEqual({
      results: [{ from: '2025-11-24T16:00:00Z', to: '2025-11-24T17:00:00Z', lines: [{ service: 'cart', calls: 3 }] }],
    });
    expect((await running.get('/api/v1/rollups/runs?status=odd')).status).toBe(400);
  });
});

/** Durations come out of a histogram, within 1.1 %. */
function within(durations: Record<string, number>): unknown {
  return Object.fromEntries(
    Object.entries(durations).map(([name, ms]) => [
      name,
      { asymmetricMatch: (actual: unknown) => typeof actual === 'number' && Math.abs(actual / ms - 1) < 0.0115 },
    ]),
  );
}
