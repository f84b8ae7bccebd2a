import { SpanTable } from '@spanloom/span';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { ReadClient } from '../client/read-client.ts';
import type { EmbeddedEngine } from '../embedded/start.ts';
import { batchTables } from '../port.ts';
import { lastAudit } from '../audits/audits.ts';
import * as queries from '../queries/index.ts';
import { openStore } from '../store.ts';
import type { Store } from '../store.ts';
import { temporaryEngine } from '../testing/engine.ts';
import type { TemporaryEngine } from '../testing/engine.ts';
import { startRestricted } from '../testing/restricted.ts';
import type { Restrictions } from '../testing/restricted.ts';
import { batchOf, exampleSpan } from '../testing/spans.ts';
import { runStatement } from '../testing/statement.ts';
import { migratorGrants, rightsOf, roleName, roleStatements, roles } from './access.ts';
import type { Role } from './access.ts';
import { checkSchema, schemaDifferences } from './check.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations.ts';
import { shapeOf } from './shape.ts';
import { allStatements } from './migrations.ts';
import { singleNode } from '../tables/options.ts';

let temporary: TemporaryEngine;
let engine: EmbeddedEngine | null = null;
let store: Store | null = null;

const nowNs = BigInt(Date.now()) * 1_000_000n;
const span = exampleSpan({ startTimeUnixNano: nowNs, endTimeUnixNano: nowNs + 1n });
const batch = batchOf({ stream: 's', partition: 0, a: 0, b: 1, appendTimeMs: Date.now() }, [[span]]);
const record = {
  id: batch.id,
  watermark: { offset: 1, streamTimeMs: batch.id.appendTimeMs },
  fragments: 1,
  spans: 1,
  duplicateSpans: 0,
};

const anAudit = {
  stream: 's',
  endedMs: Date.now(),
  durationMs: 1,
  partitions: 1,
  acknowledged: 1,
  stored: 1,
  deadLettered: 0,
  inFlight: 0,
  missing: 0,
  doubled: 0,
  unknown: 0,
  expiredUnread: 0,
  clean: true,
};

beforeAll(async () => {
  temporary = await temporaryEngine();
  await migrate({ url: temporary.engine.url, password: temporary.engine.secret });
  await temporary.engine.close();
});

afterEach(async () => {
  await store?.close();
  await engine?.close();
});

afterAll(async () => {
  await temporary.remove();
});

const accesses = migrations.map(({ access }) => access);

/** As `migrate --print` has them. */
function grantsTo(role: Role): string[] {
  const suffix = ` TO ${roleName(role, 'spanloom')}`;
  return roleStatements(role, rightsOf(role, accesses), 'spanloom', null)
    .filter((statement) => statement.startsWith('GRANT'))
    .map((statement) => statement.slice(0, -suffix.length));
}

/** Opens the store as a user with these rights. */
async function openAs(restrictions: Restrictions): Promise<{ store: Store; url: string; password: string }> {
  engine = await startRestricted(temporary.dataDir, restrictions);
  const connection = { url: engine.url, password: engine.secret };
  store = openStore(connection);
  return { store, ...connection };
}

async function refused(sql: string): Promise<void> {
  if (engine === null) throw new Error('nobody has opened the store');
  const running = runStatement({ url: engine.url, password: engine.secret }, sql);
  await expect(running, sql).rejects.toMatchObject({ code: 497, retryable: false });
}

test('the sink writes and looks up with its grants, and can do nothing else', async () => {
  const { store: sink, ...connection } = await openAs({ grants: grantsTo('sink') });
  await checkSchema(connection, { role: 'sink' });
  for (const table of batchTables) {
    await sink.insert(table, batch);
    expect(await sink.hasBlock(table, batch.id)).toBe(true);
  }
  await sink.record(record);
  const before = { stream: 's', partition: 0, below: 1 };
  expect(await sink.lastBatch('s', 0)).toMatchObject({ spans: 1 });
  expect(await sink.chunkOffsets(before, 0)).toEqual([0]);
  expect(await sink.traceIds(before, 0)).toHaveLength(1);
  expect((await sink.earlierSpans(before, 0, [span.traceId], 10, new SpanTable())).size).toBe(1);
  await refused('SELECT * FROM edges_minute');
  await refused('CREATE TABLE more (x Int8) ENGINE = MergeTree ORDER BY x');
  await refused('DROP TABLE spans_data');
  await refused('TRUNCATE TABLE spans_data');
  await refused("ALTER TABLE spans_data DELETE WHERE marker = ''");
});

test('the query service reads with its grants, and writes nothing but what it is told to keep', async () => {
  const { store: reader, ...connection } = await openAs({ grants: grantsTo('query') });
  await checkSchema(connection, { role: 'query' });
  const minutes = { fromMinute: 0, toMinute: 40_000_000 };
  const { read } = reader;
  const startNs = span.startTimeUnixNano;
  const tags = { 'http.route': '/cart/{id}', 'resource.service.name': 'checkout' };
  const search = { service: 'checkout', startNs: startNs - 1n, endNs: startNs + 1n, limit: 10, tags };
  expect(await queries.findTraces(read, search)).toEqual([span.traceId]);
  expect((await queries.traceById(read, span.traceId)).spans).toHaveLength(1);
  expect(await queries.recentTraces(read, { sinceMs: 0, limit: 10 })).toHaveLength(1);
  await queries.services(read);
  await queries.operations(read, 'checkout');
  await queries.edges(read, { ...minutes, byOperation: true });
  await queries.operationFigures(read, minutes);
  await queries.positions(read);
  await lastAudit(read, 's');
  expect((await queries.storeStats(read)).length).toBeGreaterThan(5);
  await everyQueryOfSearch(read, { startNs: startNs - 1n, endNs: startNs + 1n });
  for (const view of batchTables) await read.rows(`SELECT * FROM ${view}`, {});
  expect(await reader.keep(span.traceId)).toBe(true);
  await expect(reader.insert('spans', batch)).rejects.toMatchObject({ code: 497, refused: false });
  await refused('TRUNCATE TABLE kept_spans');
});

/** What search, statistics, heatmaps, the live tail and completion ask. */
async function everyQueryOfSearch(read: ReadClient, window: queries.SearchWindow): Promise<void> {
  const having = 't_spans = 1';
  const all = { ...window, where: [queries.spansWhere(["service = 'checkout'"], window)], having, parameters: {} };
  const page = await queries.tracePage(read, { ...all, sort: 'start', limit: 10 });
  expect(page.places.map(({ traceId }) => traceId)).toEqual([span.traceId]);
  expect(await queries.traceSummaries(read, [span.traceId])).toHaveLength(1);
  expect(await queries.chainSpans(read, { ...all, filters: ['1'] })).toHaveLength(1);
  const ofHost = { type: 'attribute', scope: 'any', key: 'host.name' } as const;
  await queries.spanGroups(read, { ...all, spans: '1', by: ofHost, quantiles: [0.5], limit: 10 });
  expect(await queries.matchingSpans(read, { ...all, spans: '1', sort: 'start', limit: 10 })).toHaveLength(1);
  const sample = { containing: '', sinceMs: Date.now() - 3_600_000, limit: 10 };
  await queries.spanColumnValues(read, 'name', sample);
  await queries.operationNames(read, sample);
  await queries.attributeNames(read, sample.sinceMs);
  await queries.attributeValues(read, { ...sample, key: 'host.name', scope: 'any' });
  const minutes = { fromMinute: 0, toMinute: 40_000_000, stepMinutes: 1440 };
  await queries.edgeHeatmap(read, { ...minutes, server: 'checkout', side: 'server' });
  await queries.operationHeatmap(read, { ...minutes, service: 'checkout' });
  const [progress] = await queries.sinkProgress(read);
  expect(progress).toMatchObject({ stream: 's', partition: 0, b: 1 });
  const since = { stream: 's', partition: 0, from: 0, to: 1, sinceMs: sample.sinceMs, limit: 10 };
  expect(await queries.newTraces(read, since)).toEqual({ traceIds: [span.traceId], total: 1 });
  await queries.linksTo(read, span.traceId, 10);
}

test('the rollup service and the audit read only what they are for', async () => {
  const { store: rollup, ...connection } = await openAs({ grants: grantsTo('rollup') });
  await checkSchema(connection, { role: 'rollup' });
  await rollup.read.rows('SELECT * FROM edges_minute_data', {});
  await refused('SELECT * FROM spans_data');
  await rollup.close();
  await engine?.close();

  const { store: audit, ...itsConnection } = await openAs({ grants: grantsTo('audit') });
  await checkSchema(itsConnection, { role: 'audit' });
  const coverage = await queries.chunkCoverage(audit.read, { stream: 's', partition: 0 });
  expect(coverage.ranges).toEqual([{ from: 0, to: 1 }]);
  await queries.positions(audit.read);
  await audit.recordAudit(anAudit);
  await refused('SELECT * FROM resources_data');
});

test('an audit does without the right to record what it found', async () => {
  const { store: audit, ...connection } = await openAs({
    grants: grantsTo('audit').filter((grant) => !grant.includes('audits')),
  });
  await checkSchema(connection, { role: 'audit' });
  await expect(audit.recordAudit(anAudit)).rejects.toMatchObject({ code: 497 });
});

test('whoever migrates needs these rights', async () => {
  const { url, password } = await openAs({ grants: migratorGrants('another', null) });
  const connection = { url, password, database: 'another' };
  expect(await migrate(connection, { traceTtlDays: 3 })).toEqual(migrations.map(({ number }) => number));
  expect(await migrate(connection, { traceTtlDays: 4, deduplicationWindow: 20_000 })).toEqual([]);
  await checkSchema(connection, { traceTtlDays: 4, deduplicationWindow: 20_000 });
});

test('a right or a setting that a service lacks is named when it starts', async () => {
  const grants = grantsTo('sink').map((grant) => grant.replace(/SELECT, INSERT (ON \w+\.spans_data)/, 'SELECT $1'));
  const { store: sink, ...connection } = await openAs({
    grants,
    profile: `<constraints><async_insert><const/></async_insert></constraints><async_insert>1</async_insert>`,
  });
  expect(await schemaDifferences(connection, { role: 'sink' })).toEqual([
    'this user lacks SELECT, INSERT ON spanloom.spans_data',
    'this user may not change the setting async_insert, which is 1 and must be 0',
  ]);
  await expect(sink.insert('spans', batch)).rejects.toMatchObject({ retryable: false, refused: false });
});

test('a profile with readonly = 1 lets nobody read, and it is said why', async () => {
  const { store: reader } = await openAs({ grants: grantsTo('query'), profile: '<readonly>1</readonly>' });
  await expect(reader.lastBatch('s', 0)).rejects.toMatchObject({
    retryable: false,
    message: expect.stringContaining('readonly = 2'),
  });
});

test('a profile with readonly = 2 is enough to read', async () => {
  const { store: reader } = await openAs({ grants: grantsTo('query'), profile: '<readonly>2</readonly>' });
  expect(await reader.lastBatch('another', 0)).toBeNull();
});

test("every table and view of the migrations is somebody's to read, and no right is to a thing that is not there", () => {
  const { tables, views } = shapeOf(allStatements(singleNode));
  const made = new Set([...tables.keys(), ...views]);
  const all = roles.map((role) => rightsOf(role, accesses));
  const granted = new Set(all.flatMap(({ reads, writes, mayWrite }) => [...reads, ...writes, ...mayWrite]));
  expect([...made].filter((name) => !granted.has(name))).toEqual([]);
  expect([...granted].filter((name) => !made.has(name) && !name.startsWith('system.'))).toEqual([]);
});
