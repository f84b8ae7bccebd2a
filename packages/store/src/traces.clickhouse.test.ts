import { SpanTable, type SpanLink } from '@spanloom/span';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  chunkCoverage,
  findTraces,
  linksTo,
  migrate,
  openStore,
  recentTraces,
  traceById,
  tracesByIds,
} from './index.ts';
import type { Store } from './index.ts';
import type { Batch, BatchId } from './port.ts';
import { temporaryEngine } from './testing/engine.ts';
import type { TemporaryEngine } from './testing/engine.ts';
import { batchOf, exampleSpan, fragmentRow } from './testing/spans.ts';

const appendTimeMs = 1_764_000_010_000;
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

async function insert(batch: ReturnType<typeof batchOf>): Promise<void> {
  for (const table of ['resources', 'spans', 'fragments'] as const) await store.insert(table, batch);
}

test('a trace comes back as it was sent', async () => {
  const span = exampleSpan();
  await insert(batchOf(id, [[span]]));
  const trace = await traceById(store.read, span.traceId);
  expect(trace.spans).toEqual([span]);
  expect(trace.fragments).toEqual([
    {
      stream: 's',
      partition: 3,
      position: 10,
      reason: 'complete',
      part: 0,
      parts: 1,
      late: false,
      unlinked: false,
      timeShifted: false,
      truncated: false,
      appendTimeMs,
      chunkOffsets: [10],
      spans: 1,
      duplicateSpans: 0,
      kept: false,
    },
  ]);
  const [row] = await store.read.rows(
    `SELECT complete, remote_root, roots, missing_parents, missing_count, errors, has_root
     FROM fragments WHERE trace_id = {traceId:String}`,
    { traceId: span.traceId },
  );
  expect(row).toEqual({
    complete: 1,
    remote_root: 0,
    roots: 1,
    missing_parents: [],
    missing_count: 0,
    errors: 1,
    has_root: 0,
  });
  expect(await traceById(store.read, 'c'.repeat(32))).toEqual({ spans: [], fragmentOf: [], fragments: [] });
});

test('times that no calendar holds come back exactly', async () => {
  const most = 2n ** 64n - 1n;
  const span = (at: number, start: bigint, end: bigint): ReturnType<typeof exampleSpan> =>
    exampleSpan({
      spanId: at.toString(16).padStart(16, '0'),
      startTimeUnixNano: start,
      endTimeUnixNano: end,
    });
  const trace = [
    span(1, 0n, 0n),
    span(2, most, most),
    span(3, most, 0n),
    span(4, 5n, 4n),
    span(5, 0n, most),
    span(6, 1n, 2n ** 53n + 2n),
  ];
  await insert(batchOf(id, [trace]));
  const stored = await traceById(store.read, exampleSpan().traceId);
  expect(stored.spans).toEqual(trace);
  const [row] = await store.read.rows<{ n: string }>('SELECT count() AS n FROM spans WHERE start > 0', {});
  expect(row?.n).toBe('4');
});

test('odd values come back: extremes, blank lines, ten thousand attributes, a megabyte', async () => {
  const span = exampleSpan({
    name: 'a\n\nb\0',
    attributes: [
      { key: 'most', value: { type: 'int', value: 2n ** 63n - 1n } },
      { key: 'least', value: { type: 'int', value: -(2n ** 63n) } },
      { key: 'nan', value: { type: 'double', value: Number.NaN } },
      { key: 'infinite', value: { type: 'double', value: -Infinity } },
      { key: 'minus zero', value: { type: 'double', value: -0 } },
      { key: 'tiny', value: { type: 'double', value: 5e-324 } },
      { key: 'empty', value: { type: 'empty' } },
      { key: 'none', value: { type: 'string', value: '' } },
      { key: 'lines', value: { type: 'string', value: '\n\n;\n\nDROP TABLE spans_data' } },
      { key: 'large', value: { type: 'string', value: 'ü'.repeat(500_000) } },
      ...Array.from({ length: 10_000 }, (_, at) => ({
        key: `key.${at}`,
        value: { type: 'bool' as const, value: at % 2 === 0 },
      })),
    ],
  });
  await insert(batchOf(id, [[span]]));
  expect((await traceById(store.read, span.traceId)).spans).toEqual([span]);
});

test('bytes that are no UTF-8 are read as text with replacements, and block nothing', async () => {
  const batch = batchOf(id, [[exampleSpan({ name: 'abcd' })]]);
  const body = batch.spans.bodies[0];
  if (body === undefined) throw new Error('the span has no bytes');
  const at = Buffer.from(body.buffer, body.byteOffset, body.byteLength).indexOf('abcd');
  body.set([0xff, 0xfe, 0xc3, 0x28], at);
  batch.spans.strings.values[0] = '\uFFFD\uFFFD\uFFFD(';
  await insert(batch);
  const [span] = (await traceById(store.read, exampleSpan().traceId)).spans;
  expect(span?.name).toBe('\uFFFD\uFFFD\uFFFD(');
});

test('fragments of a trace are merged, and of duplicates the first in order stays', async () => {
  const first = exampleSpan({ name: 'first', parentSpanId: '' });
  const other = exampleSpan({ kind: 3, name: 'same id, other kind' });
  await insert(batchOf({ ...id, a: 20, b: 21 }, [[exampleSpan({ name: 'second' }), other]]));
  await insert(batchOf({ ...id, a: 10, b: 11 }, [[first]]));
  const trace = await traceById(store.read, first.traceId);
  expect(trace.spans).toEqual([first, other]);
  expect(trace.fragmentOf).toEqual([0, 1]);
  expect(trace.fragments.map((fragment) => fragment.position)).toEqual([10, 20]);
  const [earliest] = await store.read.rows(
    `SELECT root_environment, root_namespace, root_service, root_operation
     FROM fragments WHERE trace_id = {traceId:String} AND has_root ORDER BY position LIMIT 1`,
    { traceId: first.traceId },
  );
  expect(earliest).toEqual({
    root_environment: 'prod',
    root_namespace: '',
    root_service: 'checkout',
    root_operation: 'first',
  });
});

test('rows that were left out as duplicates are not stored', async () => {
  const spans = ['1', '2', '3'].map((end) => exampleSpan({ spanId: end.padStart(16, '0') }));
  const batch = batchOf(id, [spans]);
  const fragment = fragmentRow({
    traceId: exampleSpan().traceId,
    from: 0,
    to: 3,
    rows: Int32Array.of(0, 2),
    duplicateSpans: 1,
  });
  await insert({ ...batch, fragments: [fragment] });
  expect((await traceById(store.read, exampleSpan().traceId)).spans).toEqual([spans[0], spans[2]]);
});

test('earlier spans of traces, as they were counted', async () => {
  const parent = exampleSpan({ parentSpanId: '', spanId: '1'.repeat(16) });
  const child = exampleSpan({ parentSpanId: '1'.repeat(16), spanId: '2'.repeat(16) });
  const batch = batchOf(id, [[parent, child], [exampleSpan({ traceId: 'a'.repeat(32) })]]);
  batch.spans.weight[1] = 8;
  batch.spans.peerKind[1] = 3;
  batch.spans.peer[1] = batch.spans.strings.id('api.example.com', () => 'api.example.com');
  batch.spans.operation[0] = batch.spans.strings.id('POST /cart', () => 'POST /cart');
  await insert(batch);
  const into = new SpanTable();
  into.addRow();
  const traceIds = [parent.traceId, 'd'.repeat(32)];
  const found = await store.earlierSpans(before, appendTimeMs, traceIds, 10, into);
  expect([...found]).toEqual([[parent.traceId, { from: 1, to: 3, tooLarge: false }]]);
  const text = (column: Int32Array, row: number): string | undefined => into.strings.values[column[row] ?? -1];
  expect([into.idHi[1], into.idLo[2], into.parentHi[1], into.parentLo[2]]).toEqual([
    0x11111111, 0x22222222, 0, 0x11111111,
  ]);
  expect([into.kind[1], into.status[1], into.weight[1], into.weight[2]]).toEqual([2, 2, 1, 8]);
  expect([into.startMs[1], into.startSubNs[1], into.durationNs[1]]).toEqual([1_764_000_000_123, 456_789, 200_000_001]);
  expect([into.minute[1], into.body[1]]).toEqual([29_400_000, -1]);
  expect([text(into.name, 1), text(into.operation, 1), text(into.peer, 2)]).toEqual([
    'POST /cart/{id}',
    'POST /cart',
    'api.example.com',
  ]);
  expect([into.peerKind[1], into.peerKind[2]]).toEqual([0, 3]);
  expect(into.services.values[into.service[1] ?? -1]).toEqual({
    environment: 'prod',
    namespace: '',
    name: 'checkout',
  });
  expect(into.links.get(1)).toEqual([{ traceId: 'f'.repeat(32), spanId: '1'.repeat(16) }]);
  const few = await store.earlierSpans(before, appendTimeMs, traceIds, 1, into);
  expect([...few]).toEqual([[parent.traceId, { from: 3, to: 3, tooLarge: true }]]);
  expect((await store.earlierSpans(before, appendTimeMs + 1, traceIds, 10, into)).size).toBe(0);
  expect((await store.earlierSpans({ ...before, below: 10 }, appendTimeMs, traceIds, 10, into)).size).toBe(0);
});

test('traces are found by what one of their spans meets', async () => {
  const other = 'a'.repeat(32);
  const later = exampleSpan({
    traceId: other,
    startTimeUnixNano: 1_764_000_001_000_000_000n,
    endTimeUnixNano: 1_764_000_001_001_000_000n,
    status: { code: 0, message: '' },
    name: 'GET /',
    attributes: [],
  });
  await insert(batchOf(id, [[exampleSpan()], [later]]));
  const query = {
    service: 'checkout',
    startNs: 1_764_000_000_000_000_000n,
    endNs: 1_764_000_060_000_000_000n,
    limit: 10,
  };
  const find = (change: Partial<Parameters<typeof findTraces>[1]>): Promise<string[]> =>
    findTraces(store.read, { ...query, ...change });
  const example = exampleSpan().traceId;
  expect(await find({})).toEqual([other, example]);
  expect(await find({ limit: 1 })).toEqual([other]);
  expect(await find({ service: 'cart' })).toEqual([]);
  expect(await find({ operation: 'GET /' })).toEqual([other]);
  expect(await find({ minDurationNs: 100_000_000 })).toEqual([example]);
  expect(await find({ maxDurationNs: 100_000_000n })).toEqual([other]);
  expect(await find({ startNs: 1_764_000_000_500_000_000n })).toEqual([other]);
  expect(await find({ tags: { 'http.response.status_code': '503' } })).toEqual([example]);
  expect(await find({ tags: { 'http.response.status_code': '503', retry: 'false' } })).toEqual([]);
  expect(await find({ tags: { 'host.cpus': '8' } })).toEqual([other, example]);
  expect(await find({ tags: { error: 'true' } })).toEqual([example]);
  expect(await find({ tags: { error: 'false' } })).toEqual([]);
  expect(await find({ startNs: 0n, endNs: 2n ** 64n - 1n })).toEqual([other, example]);
});

test('keys of tags with a meaning of their own', async () => {
  const succeeded = exampleSpan({ traceId: 'a'.repeat(32), kind: 3, status: { code: 1, message: '' }, attributes: [] });
  const named = exampleSpan({
    traceId: 'b'.repeat(32),
    kind: 0,
    status: { code: 0, message: '' },
    attributes: [{ key: 'resource.name', value: { type: 'string', value: 'GET /' } }],
    scope: { ...exampleSpan().scope, name: 'other', version: '9' },
  });
  await insert(batchOf(id, [[exampleSpan()], [succeeded], [named]]));
  const failed = exampleSpan();
  const find = async (key: string, value: string): Promise<string[]> => {
    const found = await findTraces(store.read, {
      service: 'checkout',
      startNs: 1_764_000_000_000_000_000n,
      endNs: 1_764_000_060_000_000_000n,
      limit: 10,
      tags: { [key]: value },
    });
    return found.sort();
  };
  expect(await find('error', 'true')).toEqual([failed.traceId]);
  expect(await find('error', 'false')).toEqual([succeeded.traceId]);
  expect(await find('error', 'perhaps')).toEqual([]);
  expect(await find('span.kind', 'server')).toEqual([failed.traceId]);
  expect(await find('span.kind', 'CLIENT')).toEqual([succeeded.traceId]);
  expect(await find('span.kind', 'unspecified')).toEqual([named.traceId]);
  expect(await find('span.kind', 'other')).toEqual([]);
  expect(await find('span.status', 'error')).toEqual([failed.traceId]);
  expect(await find('span.status', 'unset')).toEqual([named.traceId]);
  expect(await find('scope.name', 'other')).toEqual([named.traceId]);
  expect(await find('scope.name', failed.scope.name)).toEqual([failed.traceId, succeeded.traceId].sort());
  expect(await find('scope.version', '9')).toEqual([named.traceId]);
  expect(await find('resource.host.cpus', '8')).toEqual([failed.traceId, succeeded.traceId, named.traceId].sort());
  expect(await find('resource.host.cpus', '9')).toEqual([]);
  expect(await find('resource.http.response.status_code', '503')).toEqual([]);
  expect(await find('resource.name', 'GET /')).toEqual([named.traceId]);
});

test('many traces at once come back whole, in the order that they were asked for in', async () => {
  const traceIds = ['c', 'a', 'b'].map((digit) => digit.repeat(32));
  const traces = traceIds.map((traceId, at) => [
    exampleSpan({ traceId, parentSpanId: '', name: `root ${at}`, spanId: '1'.repeat(16) }),
    exampleSpan({ traceId, resource: { ...exampleSpan().resource, droppedAttributesCount: at } }),
  ]);
  await insert(batchOf(id, traces));
  const late = exampleSpan({ traceId: traceIds[0] ?? '', spanId: '9'.repeat(16) });
  // Another day, and an earlier position in another partition.
  await insert(batchOf({ stream: 's', partition: 4, a: 1, b: 2, appendTimeMs: appendTimeMs + 86_400_000 }, [[late]]));
  const found = await tracesByIds(store.read, [...traceIds, 'd'.repeat(32), ...traceIds]);
  expect([...found.keys()]).toEqual(traceIds);
  expect([...found.values()].map((trace) => trace.spans)).toEqual([[...(traces[0] ?? []), late], traces[1], traces[2]]);
  for (const traceId of traceIds) expect(found.get(traceId)).toEqual(await traceById(store.read, traceId));
  expect((await tracesByIds(store.read, [])).size).toBe(0);
});

test('ten thousand late traces in a batch are not too many to look up', async () => {
  const traces = Array.from({ length: 10_000 }, (_, at) => [
    exampleSpan({ traceId: (at + 1).toString(16).padStart(32, '0'), attributes: [] }),
  ]);
  await insert(batchOf({ ...id, a: 0, b: 10_000 }, traces));
  const traceIds = traces.map(([span]) => span?.traceId ?? '');
  const into = new SpanTable();
  const found = await store.earlierSpans({ ...before, below: 20_000 }, appendTimeMs, traceIds, 10, into);
  expect([found.size, into.length]).toEqual([10_000, 10_000]);
  // A few are asked for in other words than many.
  for (const many of [2, 100, 101, 10_000]) {
    const asked = traceIds.slice(-many);
    expect([...(await tracesByIds(store.read, asked)).keys()]).toEqual(asked);
  }
});

test('recent traces, newest first', async () => {
  const root = exampleSpan({
    parentSpanId: '',
    name: 'root',
    spanId: '1'.repeat(16),
    endTimeUnixNano: 1_764_000_000_999_000_000n,
  });
  const early = exampleSpan({ startTimeUnixNano: 1_764_000_000_000_000_000n });
  const newer = exampleSpan({
    traceId: 'a'.repeat(32),
    startTimeUnixNano: 1_764_000_005_000_000_000n,
    endTimeUnixNano: 1_764_000_005_000_000_001n,
  });
  await insert(batchOf(id, [[early, root], [newer]]));
  const summaries = await recentTraces(store.read, { limit: 10 });
  expect(summaries).toEqual([
    expect.objectContaining({ traceId: 'a'.repeat(32), durationNs: 1 }),
    {
      traceId: root.traceId,
      root: {
        service: { environment: 'prod', namespace: '', name: 'checkout' },
        operation: 'root',
      },
      startNs: 1_764_000_000_000_000_000n,
      durationNs: 999_000_000,
      spans: 2,
      errors: 2,
      services: ['checkout'],
      complete: true,
      fragments: 1,
    },
  ]);
  expect(await recentTraces(store.read, { limit: 1 })).toHaveLength(1);
  expect(await recentTraces(store.read, { limit: 10, sinceMs: appendTimeMs + 1 })).toEqual([]);
});

test('gaps and doubles of the chunks that are stored', async () => {
  const batch = batchOf(id, [[exampleSpan()]]);
  const row = fragmentRow({ traceId: exampleSpan().traceId, from: 0, to: 1 });
  const fragments = [[0, 1, 2], [3, 7], [8, 2], []].map((chunkOffsets, at) => ({
    ...row,
    position: at,
    chunkOffsets,
  }));
  await insert({ ...batch, fragments });
  expect(await chunkCoverage(store.read, { stream: 's', partition: 3 })).toEqual({
    ranges: [
      { from: 0, to: 4 },
      { from: 7, to: 9 },
    ],
    doubles: [{ offset: 2, times: 2 }],
    doubleCount: 1,
  });
  const part = await chunkCoverage(store.read, {
    stream: 's',
    partition: 3,
    fromOffset: 3,
    toOffset: 8,
  });
  expect(part).toEqual({
    ranges: [
      { from: 3, to: 4 },
      { from: 7, to: 8 },
    ],
    doubles: [],
    doubleCount: 0,
  });
  expect((await chunkCoverage(store.read, { stream: 't', partition: 3 })).ranges).toEqual([]);
});

test('a chunk whose spans are not there is not stored, whatever its fragment says', async () => {
  const row = fragmentRow({ traceId: exampleSpan().traceId, from: 0, to: 1 });
  const batchAt = (position: number, chunk: number): Batch => ({
    ...batchOf({ ...id, a: position, b: position + 1 }, [[exampleSpan()]]),
    fragments: [{ ...row, position, chunkOffsets: [chunk] }],
  });
  const [lost, whole] = [batchAt(10, 0), batchAt(11, 1)];
  await store.insert('fragments', lost);
  await insert(whole);
  expect((await chunkCoverage(store.read, { stream: 's', partition: 3 })).ranges).toEqual([{ from: 1, to: 2 }]);
  await store.insert('spans', lost);
  expect((await chunkCoverage(store.read, { stream: 's', partition: 3 })).ranges).toEqual([{ from: 0, to: 2 }]);
});

test('a trace knows the spans of others that link to it, each link once', async () => {
  const target = exampleSpan();
  const link = { traceState: '', attributes: [], droppedAttributesCount: 0, flags: 0 };
  const to = (spanId: string, traceId = target.traceId): SpanLink => ({ ...link, traceId, spanId });
  const elsewhere = '0000000000000000000000000000ffff';
  const from = exampleSpan({
    traceId: '0000000000000000000000000000eeee',
    links: [to(target.spanId), to(target.spanId), to('00000000000000aa'), to(target.spanId, elsewhere)],
  });
  const within = exampleSpan({ spanId: '00000000000000bb', links: [to(target.spanId)] as never });
  await insert(batchOf(id, [[target, within], [from]]));

  const { name: operation, startTimeUnixNano: startNs } = from;
  const known = { traceId: from.traceId, spanId: from.spanId, operation, startNs };
  expect(await linksTo(store.read, target.traceId, 10)).toEqual([
    { ...known, service: expect.any(String), toSpanId: target.spanId },
    { ...known, service: expect.any(String), toSpanId: '00000000000000aa' },
  ]);
  expect(await linksTo(store.read, elsewhere, 10)).toHaveLength(1);
  expect(await linksTo(store.read, from.traceId, 10)).toEqual([]);
});

test('ids that end in zero bytes are found like all others', async () => {
  const traceId = `${'ab'.repeat(14)}0000`;
  const linked = `${'cd'.repeat(15)}00`;
  const link = { traceId: linked, spanId: 'ef00000000000000', traceState: '', attributes: [], flags: 0 };
  const span = exampleSpan({
    traceId,
    spanId: '1200000000000000',
    parentSpanId: '3400000000000000',
    links: [{ ...link, droppedAttributesCount: 0 }],
  });
  await insert(batchOf(id, [[span]]));
  expect((await traceById(store.read, traceId)).spans).toEqual([span]);
  expect([...(await tracesByIds(store.read, [traceId, linked])).keys()]).toEqual([traceId]);
  const into = new SpanTable();
  expect([...(await store.earlierSpans(before, appendTimeMs, [traceId], 10, into)).keys()]).toEqual([traceId]);
  expect(await linksTo(store.read, linked, 10)).toMatchObject([{ traceId, toSpanId: link.spanId }]);
  const found = await findTraces(store.read, {
    service: 'checkout',
    startNs: 1_764_000_000_000_000_000n,
    endNs: 1_764_000_060_000_000_000n,
    limit: 10,
  });
  expect(found).toEqual([traceId]);
  expect(await store.keep(traceId)).toBe(true);
  expect((await traceById(store.read, traceId)).spans).toEqual([span]);
});
