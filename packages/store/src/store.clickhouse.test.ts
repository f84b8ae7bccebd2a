import type { EdgeFigures, Figures, OperationFigures } from '@spanloom/span';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  chainSpans,
  edgeHeatmap,
  edges,
  findTraces,
  localSpans,
  matchingSpans,
  migrate,
  openStore,
  operationFigures,
  operations,
  positions,
  services,
  spanGroups,
  spansWhere,
  storeStats,
  tracePage,
} from './index.ts';
import type { Store } from './index.ts';
import type { BatchId, BatchRecord } from './port.ts';
import { batchTables } from './port.ts';
import { temporaryEngine, until } from './testing/engine.ts';
import type { TemporaryEngine } from './testing/engine.ts';
import { batchOf, exampleSpan, fragmentRow } from './testing/spans.ts';

const appendTimeMs = 1_764_000_010_000;
const minute = 29_400_000;
const id: BatchId = { stream: 's', partition: 3, a: 10, b: 12, appendTimeMs };
const before = { stream: 's', partition: 3, below: 1000 };
let temporary: TemporaryEngine;
let store: Store;
let databases = 0;

beforeAll(async () => {
  temporary = await temporaryEngine();
});

afterAll(async () => {
  await temporary.remove();
});

beforeEach(async () => {
  databases++;
  const connection = {
    url: temporary.engine.url,
    password: temporary.engine.secret,
    database: `test_${databases}`,
  };
  // The tests' day is long ago: with the default their rows would have expired.
  await migrate(connection, { traceTtlDays: 10_000, figureTtlDays: 10_000 });
  store = openStore(connection);
});

afterEach(async () => {
  await store.close();
});

async function count(table: string): Promise<number> {
  const [row] = await store.read.rows<{ n: string }>(`SELECT count() AS n FROM ${table}`, {});
  return Number(row?.n);
}

function edgeFigures(change: Partial<EdgeFigures>): Figures {
  const edge: EdgeFigures = {
    minute,
    client: { environment: 'prod', namespace: '', name: 'checkout' },
    server: { environment: 'prod', namespace: '', name: 'cart' },
    kind: 'rpc',
    operation: 'GET /cart',
    calls: 2,
    sampledCalls: 1,
    clientErrors: 1,
    serverErrors: 0,
    unpaired: 0,
    clientDuration: new Map([
      [-3, 1],
      [640, 1],
    ]),
    serverDuration: new Map([[630, 2]]),
    slowest: { durationNs: 40_300_000, traceId: exampleSpan().traceId },
    failed: null,
    ...change,
  };
  return { edges: new Map([['edge', edge]]), operations: new Map() };
}

function negated(figures: Figures): Figures {
  const edge = [...figures.edges.values()][0];
  if (edge === undefined) throw new Error('there is no edge');
  const minus = (histogram: ReadonlyMap<number, number>): Map<number, number> =>
    new Map([...histogram].map(([bucket, calls]) => [bucket, -calls]));
  return edgeFigures({
    minute: edge.minute,
    calls: -edge.calls,
    sampledCalls: -edge.sampledCalls,
    clientErrors: -edge.clientErrors,
    clientDuration: minus(edge.clientDuration),
    serverDuration: minus(edge.serverDuration),
    slowest: null,
  });
}

test('resources are inserted once a day by whoever knows them to be there', async () => {
  const inserts = async () => count("resources_data WHERE marker != ''");
  const batch = (change: Partial<BatchId>) => batchOf({ ...id, ...change }, [[exampleSpan()]], edgeFigures({}));
  await store.insert('resources', batch({}));
  await store.insert('resources', batch({ a: 12, b: 14 }));
  await store.insert('resources', batch({ partition: 5 }));
  expect(await inserts()).toBe(1);
  await store.insert('resources', batch({ a: 14, b: 16, appendTimeMs: appendTimeMs + 86_400_000 }));
  expect(await inserts()).toBe(2);

  // What was inserted may be gone with the server that failed.
  const broken = batch({ a: 16, b: 18 });
  await expect(
    store.insert('spans', { ...broken, id: { ...broken.id, stream: 'x'.repeat(100_000_000) } }),
  ).rejects.toThrow();
  await store.insert('resources', broken);
  expect(await inserts()).toBe(3);
});

const window = { fromMinute: minute, toMinute: minute + 60, byOperation: false };

test('a batch inserted twice is there once, and its marker says so', async () => {
  const batch = batchOf(id, [[exampleSpan()], [exampleSpan({ traceId: 'a'.repeat(32) })]], edgeFigures({}));
  for (const table of batchTables) {
    expect(await store.hasBlock(table, id)).toBe(false);
    await store.insert(table, batch);
    await store.insert(table, batch);
    expect(await store.hasBlock(table, id)).toBe(true);
    expect(await store.hasBlock(table, { ...id, a: 12, b: 13 })).toBe(false);
    expect(await store.hasBlock(table, { ...id, partition: 4 })).toBe(false);
  }
  expect(await count('spans')).toBe(2);
  expect(await count('fragments')).toBe(2);
  expect(await count('resources')).toBe(1);
  const [edge] = await edges(store.read, window);
  expect(edge).toMatchObject({
    calls: 2,
    sampledCalls: 1,
    clientErrors: 1,
    kind: 'rpc',
    operation: '',
  });
});

test('a batch without figures still leaves its markers', async () => {
  await store.insert('edges_minute', batchOf(id, []));
  expect(await store.hasBlock('edges_minute', id)).toBe(true);
  expect(await edges(store.read, window)).toEqual([]);
});

test('no search finds a marker, which has nothing that a span has', async () => {
  const batch = batchOf(id, [[exampleSpan()]]);
  for (const table of batchTables) await store.insert(table, batch);
  const inTime = { startNs: 1_764_000_000_000_000_000n, endNs: 1_764_000_060_000_000_000n };
  const ofNobody = ["service = ''"];
  for (const endNs of [inTime.endNs, inTime.endNs + 86_400_000_000_000n]) {
    const nobody = { startNs: inTime.startNs, endNs, parameters: {}, having: '1', limit: 10 };
    const asked = { ...nobody, where: [spansWhere(ofNobody, nobody)] };
    expect(await tracePage(store.read, { ...asked, sort: 'start' })).toEqual({ places: [], total: 0 });
    expect(await tracePage(store.read, { ...nobody, where: [], sort: 'start' })).toMatchObject({ total: 1 });
    const spans = { ...nobody, where: [], spans: "service = ''" };
    expect(await matchingSpans(store.read, { ...spans, sort: 'start' })).toEqual([]);
    const groups = await spanGroups(store.read, { ...spans, spans: '1', by: { type: 'all' }, quantiles: [] });
    expect(groups.groups).toMatchObject([{ traces: 1 }]);
    expect(await chainSpans(store.read, { ...nobody, where: [], filters: ['1'] })).toHaveLength(1);
  }
  expect(await findTraces(store.read, { ...inTime, service: '', limit: 10 })).toEqual([]);
});

test('merges keep the highest marker and the sums', async () => {
  for (const a of [10, 12, 14]) {
    await store.insert('edges_minute', batchOf({ ...id, a, b: a + 2 }, [], edgeFigures({ calls: a })));
  }
  await store.read.bytes('SELECT 1', 'RowBinary', {});
  expect(await store.hasBlock('edges_minute', { ...id, a: 14, b: 16 })).toBe(true);
  expect(await edges(store.read, window)).toMatchObject([
    {
      calls: 36,
      clientHistogram: new Map([
        [-3, 3],
        [640, 3],
      ]),
      serverHistogram: new Map([[630, 6]]),
    },
  ]);
  const [row] = await store.read.rows<{ changes: string }>('SELECT changes FROM edges_minute', {});
  expect(row?.changes).toBe('3');
});

test('an edge that was taken back is hidden', async () => {
  const figures = edgeFigures({});
  await store.insert('edges_minute', batchOf(id, [], figures));
  expect(await edges(store.read, window)).toHaveLength(1);
  await store.insert('edges_minute', batchOf({ ...id, a: 12, b: 14 }, [], negated(figures)));
  expect(await edges(store.read, window)).toEqual([]);
  expect(await count('edges_minute')).toBe(0);
});

test('durations over time: of one row, of several, and of what was taken back', async () => {
  const kept = new Map([
    [630, 2],
    [640, 3],
  ]);
  const inserts = [
    edgeFigures({}),
    edgeFigures({ minute: minute + 1 }),
    edgeFigures({ minute: minute + 1, calls: 5, serverDuration: kept }),
    edgeFigures({ minute: minute + 2 }),
    negated(edgeFigures({ minute: minute + 2 })),
    edgeFigures({ minute: minute + 3, serverDuration: kept }),
    edgeFigures({ minute: minute + 3, calls: -1, serverDuration: new Map([[640, -3]]) }),
  ];
  for (const [at, figures] of inserts.entries()) {
    await store.insert('edges_minute', batchOf({ ...id, a: 10 + at, b: 11 + at }, [], figures));
  }
  const read = async (stepMinutes: number): Promise<unknown[]> => {
    const { fromMinute, toMinute } = window;
    const query = { fromMinute, toMinute, stepMinutes, client: 'checkout', server: 'cart', side: 'server' } as const;
    return (await edgeHeatmap(store.read, query)).map((column) => {
      const buckets: Record<number, number> = {};
      column.histogram.forEach((calls, bucket) => (buckets[bucket] = calls));
      return [column.minute - minute, column.calls, buckets];
    });
  };
  expect(await read(1)).toEqual([
    [0, 2, { 630: 2 }],
    [1, 7, { 630: 4, 640: 3 }],
    [3, 1, { 630: 2 }],
  ]);
  expect(await read(60)).toEqual([[0, 10, { 630: 8, 640: 3 }]]);
});

test('edges by operation, by environment and by minute', async () => {
  const entry = edgeFigures({
    client: null,
    kind: 'entry',
    operation: 'POST /',
    minute: minute + 1,
    failed: 'b'.repeat(32),
  });
  await store.insert('edges_minute', batchOf(id, [], edgeFigures({})));
  await store.insert('edges_minute', batchOf({ ...id, a: 12, b: 14 }, [], entry));
  const split = await edges(store.read, { ...window, byOperation: true });
  expect(split.map((edge) => [edge.client?.name ?? null, edge.operation])).toEqual([
    [null, 'POST /'],
    ['checkout', 'GET /cart'],
  ]);
  expect(split[0]).toMatchObject({ failed: 'b'.repeat(32) });
  expect(split[1]).toMatchObject({
    failed: null,
    slowest: { durationNs: 40_300_000, traceId: exampleSpan().traceId },
  });
  expect(await edges(store.read, { ...window, environment: 'staging' })).toEqual([]);
  expect(await edges(store.read, { ...window, environment: 'prod' })).toHaveLength(2);
  expect(await edges(store.read, { ...window, fromMinute: minute + 1 })).toHaveLength(1);
  expect(await edges(store.read, { ...window, toMinute: minute })).toEqual([]);
});

test('operations, their figures and the services that have them', async () => {
  const figures: OperationFigures = {
    minute,
    service: { environment: 'prod', namespace: 'shop', name: 'cart' },
    operation: 'GET /cart',
    kind: 2,
    calls: 5,
    sampledCalls: 5,
    errors: 1,
    originErrors: 1,
    duration: new Map([[10, 5]]),
    selfTimeNs: 1_000_000,
    criticalPathNs: 2_000_000,
    localSpans: 4,
  };
  await store.insert('operations_minute', batchOf(id, [], { edges: new Map(), operations: new Map([['o', figures]]) }));
  expect(await services(store.read)).toEqual([{ environment: 'prod', namespace: 'shop', name: 'cart' }]);
  expect(await services(store.read, { sinceMs: appendTimeMs + 86_400_000 })).toEqual([]);
  expect(await operations(store.read, 'cart')).toEqual([{ name: 'GET /cart', kind: 2 }]);
  expect(await operations(store.read, 'other')).toEqual([]);
  const { duration, minute: _minute, ...sums } = figures;
  expect(await operationFigures(store.read, { fromMinute: minute, toMinute: minute + 1 })).toEqual([
    { ...sums, histogram: duration },
  ]);
  const local = [{ service: 'cart', spans: 4 }];
  expect(await localSpans(store.read, { fromMinute: minute, toMinute: minute + 1 })).toEqual(local);
  expect(await localSpans(store.read, { fromMinute: minute + 1, toMinute: minute + 2 })).toEqual([]);
});

test('the position survives, and a repeat or an older one changes nothing', async () => {
  expect(await store.lastBatch('s', 3)).toBeNull();
  const record: BatchRecord = {
    id,
    watermark: { offset: 77, streamTimeMs: 1_764_000_000_999 },
    fragments: 2,
    spans: 9,
    duplicateSpans: 1,
  };
  await store.record(record);
  await store.record(record);
  await store.record({ ...record, id: { ...id, a: 8, b: 10 } });
  expect(await store.lastBatch('s', 3)).toEqual(record);
  expect(await store.lastBatch('s', 4)).toBeNull();
  expect(await positions(store.read)).toEqual([{ stream: 's', partition: 3, b: 12, watermark: record.watermark }]);
});

test('what stands before a batch: chunk offsets and trace ids', async () => {
  const other = { ...batchOf(id, []), fragments: [] };
  expect(await store.chunkOffsets(before, 0)).toEqual([]);
  const batch = batchOf(id, [[exampleSpan()], [exampleSpan({ traceId: 'a'.repeat(32) })]]);
  const fragments = batch.fragments.map((fragment, at) => ({
    ...fragment,
    chunkOffsets: [at * 2, at * 2 + 100],
  }));
  await store.insert('fragments', { ...other, spans: batch.spans, fragments });
  const sorted = async (from: number, below: number): Promise<number[]> =>
    [...(await store.chunkOffsets({ ...before, below }, from))].sort((a, b) => a - b);
  expect(await sorted(0, 1000)).toEqual([0, 2, 100, 102]);
  expect(await sorted(2, 1000)).toEqual([2, 100, 102]);
  expect(await sorted(0, 11)).toEqual([0, 100]);
  expect(await store.chunkOffsets({ ...before, stream: 't' }, 0)).toEqual([]);
  const ids = await store.traceIds(before, appendTimeMs);
  expect(ids.map((bytes) => Buffer.from(bytes).toString('hex')).sort()).toEqual([
    exampleSpan().traceId,
    'a'.repeat(32),
  ]);
  expect(await store.traceIds(before, appendTimeMs + 1)).toEqual([]);
});

test('bad data is refused, an unreachable server is worth another try', async () => {
  const batch = batchOf(id, [[exampleSpan()]]);
  batch.spans.bodies[0] = new Uint8Array(batch.spans.bodies[0]?.length ?? 0).fill(255);
  await expect(store.insert('spans', batch)).rejects.toMatchObject({
    refused: true,
    retryable: false,
  });
  const nowhere = openStore({ url: 'http://127.0.0.1:9', password: '' });
  await expect(nowhere.insert('fragments', batchOf(id, []))).rejects.toMatchObject({
    refused: false,
    retryable: true,
  });
  await expect(nowhere.lastBatch('s', 0)).rejects.toMatchObject({ retryable: true });
  expect(await nowhere.ping()).toBe(false);
  await nowhere.close();
  await expect(store.read.rows('SELECT * FROM nothing', {})).rejects.toMatchObject({
    refused: false,
    retryable: false,
  });
});

test('a read is held to its limits', async () => {
  await expect(store.read.rows('SELECT number FROM numbers(100)', {}, { maxResultRows: 10 })).rejects.toThrow(/limit/i);
  const slow = 'SELECT count() FROM numbers(100000000000) WHERE sipHash64(number) = 0';
  await expect(store.read.rows(slow, {}, { maxExecutionSeconds: 0.2 })).rejects.toMatchObject({
    retryable: true,
  });
});

test('the largest batch is one block, and known by its token', async () => {
  const trace = Array.from({ length: 1000 }, (_, at) =>
    exampleSpan({ spanId: (at + 1).toString(16).padStart(16, '0'), attributes: [] }),
  );
  const small = batchOf({ ...id, a: 0, b: 1 }, [trace]);
  const row = fragmentRow({ traceId: exampleSpan().traceId, from: 0, to: 1000 });
  const fragments = Array.from({ length: 200 }, (_, at) => ({
    ...row,
    position: at,
    chunkOffsets: [at],
  }));
  const batch = { ...small, id: { ...id, a: 0, b: 200 }, fragments };
  await store.insert('spans', batch);
  await store.insert('spans', batch);
  expect(await count('spans')).toBe(200_000);
  const [parts] = await store.read.rows<{ n: string }>(
    `SELECT count() AS n FROM system.parts WHERE active AND table = 'spans_data' AND database = currentDatabase()`,
    {},
  );
  expect(Number(parts?.n)).toBe(1);
});

test('people read every table by its plain name, without markers', async () => {
  const batch = batchOf(id, [[exampleSpan()]], edgeFigures({}));
  for (const table of batchTables) {
    await store.insert(table, batch);
    const rows = await store.read.rows(`SELECT * EXCEPT (day) FROM ${table} WHERE day > '2025-01-01'`, {});
    expect(rows).toHaveLength(table === 'operations_minute' ? 0 : 1);
  }
  const [span] = await store.read.rows<Record<string, unknown>>(
    `SELECT trace_id, span_id, parent_span_id, start, duration_ns, kind, status, status_message, service, name,
       attributes['http.response.status_code'] AS code
     FROM spans WHERE trace_key = unhex({id:String})`,
    { id: exampleSpan().traceId },
  );
  expect(span).toEqual({
    trace_id: exampleSpan().traceId,
    span_id: exampleSpan().spanId,
    parent_span_id: exampleSpan().parentSpanId,
    start: '2025-11-24 16:00:00.123456789',
    duration_ns: '200000001',
    kind: 'server',
    status: 'error',
    status_message: 'no stock',
    service: 'checkout',
    name: 'POST /cart/{id}',
    code: '503',
  });
});

test('says what the tables take', async () => {
  await store.insert('spans', batchOf(id, [[exampleSpan()]]));
  await until(async () =>
    (await storeStats(store.read)).some((table) => table.table === 'spans_data' && table.rows === 2),
  );
  const stats = (await storeStats(store.read)).find((table) => table.table === 'spans_data');
  expect(stats?.bytesOnDisk).toBeGreaterThan(0);
});
