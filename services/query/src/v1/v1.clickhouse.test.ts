import type { TSchema } from '@sinclair/typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultQueryConfig } from '../options.ts';
import { getAnswer, refusal } from '../testing/answers.ts';
import { clockAt } from '../testing/clock.ts';
import { startQuery, type TestQuery } from '../testing/query.ts';
import { idOf, ordersAt } from '../testing/orders.ts';
import { anOpenChunk } from '../testing/records.ts';
import { startStore, type TestStore } from '../testing/store.ts';
import { compareAnswer } from './compare.ts';
import { fieldsAnswer, valuesAnswer } from './fields.ts';
import { edgesAnswer, operationsAnswer, servicesAnswer, tracesAnswer } from './figure-answers.ts';
import { graphAnswer } from './graph.ts';
import { heatmapAnswer } from './heatmap.ts';
import { rollupResultsAnswer, rollupRunsAnswer } from './rollups.ts';
import { searchAnswer } from './search.ts';
import { settingsAnswer } from './settings.ts';
import { exemplarsAnswer, statsAnswer } from './stats.ts';
import { traceAnswerSchema } from './trace-route.ts';

const nowMs = Math.floor(Date.now() / 60_000) * 60_000 + 30_000;
const { startMs, orders, late, gap, open } = ordersAt(nowMs);
/** An order whose query to the database has not come yet. */
const underway = (orders[3] ?? []).slice(0, 3).map((span) => ({ ...span, traceId: idOf(12) }));

let stored: TestStore;
let running: TestQuery;

beforeAll(async () => {
  stored = await startStore();
  await stored.put([...orders, [gap]], nowMs - 2000);
  await stored.put([late], nowMs - 1000, true);
  const chunks = [anOpenChunk(100, [open]), anOpenChunk(101, underway)];
  running = await startQuery({
    store: stored.store.read,
    clock: clockAt(nowMs),
    buffer: {
      peek: async (_stream, _partition, traceId) =>
        chunks.filter((chunk) => chunk.traceId === traceId).map((chunk) => ({ ...chunk, streamTimeMs: nowMs - 500 })),
    },
  });
});

afterAll(async () => {
  await running.query.stop();
  await stored.remove();
});

interface Answer {
  readonly traces: readonly { readonly traceId: string }[];
  readonly total: object;
  readonly next: string | null;
}

async function get<T = object>(path: string, schema: TSchema): Promise<T> {
  return await getAnswer<T>(running, path, schema);
}

const q = (query: string): string => `q=${encodeURIComponent(query)}`;

async function found(query: string, more = ''): Promise<number[]> {
  const { traces } = await get<Answer>(`search?${q(query)}${more}`, searchAnswer);
  return traces.map(({ traceId }) => Number.parseInt(traceId, 16));
}

async function refused(path: string): Promise<unknown> {
  return await refusal(running, path);
}

describe('the document', () => {
  it('has routes with their parameters and answers', async () => {
    const response = await running.get('/api/v1/openapi.json');
    const document = (await response.json()) as { openapi: string; paths: Record<string, { get: object }> };
    expect(document.openapi).toBe('3.1.0');
    expect(document.paths['/api/v1/search']?.get).toMatchObject({
      parameters: expect.arrayContaining([
        expect.objectContaining({ name: 'sort', in: 'query', schema: expect.objectContaining({ default: 'start' }) }),
      ]),
      responses: { 200: expect.anything(), 400: expect.anything(), 422: expect.anything() },
    });
    for (const path of ['edges', 'operations']) {
      expect(document.paths[`/api/v1/${path}`]?.get).toMatchObject({
        parameters: expect.arrayContaining([
          expect.objectContaining({ name: 'step', schema: expect.objectContaining({ default: 'auto' }) }),
        ]),
      });
    }
  });

  it.each([
    ['edges', edgesAnswer],
    ['edges?step=1d', edgesAnswer],
    ['operations', operationsAnswer],
    ['rollups/runs', rollupRunsAnswer],
    ['rollups/results?name=x', rollupResultsAnswer],
    ['services', servicesAnswer],
    ['settings', settingsAnswer],
    ['traces', tracesAnswer],
  ])('is right about %s', async (path, schema) => void (await get(path, schema)));
});

describe('a search', () => {
  it.each([
    ['', [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]],
    ['service = cart and status = error', [9, 6, 3]],
    ['http.response.status_code >= 500', [9, 6, 3]],
    ['span.nth = "number 4" or service = images', [10, 4]],
    ['resource.host.name = a and duration >= 70ms', [9, 8, 7]],
    ['{service = shop and kind = server} and {db.system.name = postgresql and duration > 15ms}', [9, 8]],
    ['{service = shop} >> {name = SELECT} and trace.duration < 25ms', [2]],
    ['{name = audit} >> {}', []],
    ['trace.verdict = incomplete', [10]],
    ['trace.fragments > 1', [1]],
    ['root.operation = "GET /" and not {status = error} and trace.spans = 4', [8, 7, 5, 4, 2]],
    ['peer = "postgresql/carts" and duration < 3ms', [1]],
  ])('%s', async (query, ids) => expect(await found(query)).toEqual(ids));

  it('sorts the whole window', async () => {
    expect(await found('', '&sort=duration&limit=3')).toEqual([9, 8, 7]);
    expect(await found('', '&sort=errors&limit=4')).toEqual([9, 6, 3, 10]);
    // A span that came late counts with its trace.
    expect((await found('', '&sort=spans'))[0]).toBe(1);
  });

  it.each(['start', 'duration', 'spans', 'errors'])('gives every trace once, page by page, by %s', async (sort) => {
    const all = await found('', `&sort=${sort}`);
    const paged: number[] = [];
    let cursor = '';
    do {
      const page = await get<Answer>(`search?sort=${sort}&limit=3${cursor}`, searchAnswer);
      expect(page.total).toEqual({ count: 10, exact: true });
      paged.push(...page.traces.map(({ traceId }) => Number.parseInt(traceId, 16)));
      cursor = page.next === null ? '' : `&cursor=${page.next}`;
    } while (cursor !== '');
    expect(paged).toEqual(all);
  });

  it('shows late pieces and their trace as one', async () => {
    expect(await get(`search?${q('trace.fragments = 2')}`, searchAnswer)).toMatchObject({
      completeTo: expect.any(String),
      total: { count: 1, exact: true },
      traces: [{ fragmentCount: 2, durationMs: 41, services: ['cart', 'shop'] }],
      next: null,
    });
  });

  it('looks at its window only', async () => {
    expect(await found('', `&to=${new Date(startMs + 301).toISOString()}`)).toEqual([3, 2, 1]);
    expect(await found('', `&from=${new Date(startMs + 900).toISOString()}`)).toEqual([10, 9]);
  });

  it('points at what is wrong', async () => {
    expect(await refused(`search?${q('servce = shop')}`)).toMatchObject({
      code: 'invalid_query',
      parameter: 'q',
      from: 0,
      to: 6,
      nearest: 'service',
      expected: expect.arrayContaining(['service']),
    });
    expect(await refused(`search?${q('service ~ "["')}`)).toMatchObject({
      code: 'invalid_query',
      message: expect.stringContaining('missing ]'),
    });
    expect(await refused('search?cursor=abc')).toMatchObject({ code: 'invalid_parameter', parameter: 'cursor' });
    const { next } = await get<Answer>('search?limit=1', searchAnswer);
    expect(await refused(`search?limit=1&sort=spans&cursor=${next}`)).toMatchObject({ parameter: 'cursor' });
    expect(await refused('search?from=now&to=now-1h')).toMatchObject({ parameter: 'to' });
  });

  it('keeps its words out of the statement', async () => {
    const hostile = `x' OR 1=1 -- {p:String} \\`;
    expect(await found(`span.nth = ${JSON.stringify(hostile)} or span.${JSON.stringify(hostile)} = 1`)).toEqual([]);
  });
});

describe('stats', () => {
  it('group what a search is about', async () => {
    expect(await get(`stats?${q('kind = server')}&by=service`, statsAnswer)).toMatchObject({
      by: 'service',
      groupCount: 2,
      groups: [
        { value: 'cart', spans: 9, sampledSpans: 9, errors: 3, traces: 9 },
        { value: 'shop', spans: 9, errors: 0, durationMs: { max: 90 } },
      ],
    });
  });

  it.each([
    ['http.response.status_code', { '200': 6, '500': 3 }],
    ['resource.host.name', { a: 9 }],
    ['kind', { server: 9 }],
    ['status', { unset: 6, error: 3 }],
  ])('by %s', async (by, counts) => {
    const { groups } = await get<{ groups: { value: string; spans: number }[] }>(
      `stats?${q('service = cart and kind = server')}&by=${by}`,
      statsAnswer,
    );
    expect(Object.fromEntries(groups.map(({ value, spans }) => [value, spans]))).toEqual(counts);
  });

  it('count a span that was sent twice once, and tell those without an attribute apart', async () => {
    expect(await get(`stats?${q('service = cart and kind = client')}`, statsAnswer)).toMatchObject({
      by: null,
      groups: [{ value: null, spans: 9, traces: 9 }],
    });
    expect(await get(`stats?${q('trace.spans > 4')}&by=span.nth`, statsAnswer)).toMatchObject({
      groups: [
        { value: null, spans: 4 },
        { value: 'number 1', spans: 1 },
      ],
    });
  });

  it('have percentiles within 1 %', async () => {
    const { groups } = await get<{ groups: { durationMs: Record<string, number> }[] }>(
      `stats?${q('service = shop and kind = server')}&quantiles=0.5`,
      statsAnswer,
    );
    expect(groups[0]?.durationMs['p50']).toBeCloseTo(50, 0);
  });

  it('refuse what has no groups', async () => {
    expect(await refused('stats?by=trace.spans')).toMatchObject({ parameter: 'by' });
    expect(await refused('stats?by=servce')).toMatchObject({
      code: 'invalid_query',
      parameter: 'by',
      nearest: 'service',
    });
    expect(await refused('stats?quantiles=2')).toMatchObject({ parameter: 'quantiles' });
  });
});

describe('exemplars', () => {
  it('are spans of a cell, the slowest first', async () => {
    const cell = 'service = cart and operation = "GET /cart" and duration >= 30ms and duration < 45ms';
    const { spans } = await get<{ spans: { traceId: string; durationMs: number }[] }>(
      `exemplars?${q(cell)}&limit=2`,
      exemplarsAnswer,
    );
    expect(spans.map(({ traceId, durationMs }) => [Number.parseInt(traceId, 16), durationMs])).toEqual([
      [7, 42],
      [6, 36],
    ]);
  });

  it('name a span that was sent twice once', async () => {
    const { spans } = await get<{ spans: object[] }>(`exemplars?${q('span.nth = "number 1"')}`, exemplarsAnswer);
    expect(spans).toHaveLength(1);
  });
});

describe('heatmaps', () => {
  interface Heatmap {
    readonly stepSeconds: number;
    readonly rows: readonly { readonly fromMs: number; readonly toMs: number }[];
    readonly columns: readonly {
      readonly calls: number;
      readonly errors: number;
      readonly cells: [number, number][];
    }[];
  }

  it.each([
    ['service=cart&operation=GET%20/cart', 9, 3, 6, 54],
    ['client=shop&server=cart&kind=rpc', 9, 3, 6, 54],
    ['client=shop&server=cart&side=client', 9, 0, 8, 72],
    // Figures are the sink's to correct: here nobody took back the call that was sent twice.
    ['client=cart&server=postgresql/carts&side=client', 10, 0, 2, 18],
    ['server=shop&kind=entry', 9, 0, 10, 90],
  ])('have every call in its cell: %s', async (target, calls, errors, leastMs, mostMs) => {
    const { rows, columns } = await get<Heatmap>(`heatmap?${target}`, heatmapAnswer);
    const counts = rows.map(() => 0);
    for (const { cells } of columns) for (const [row, times] of cells) counts[row] = (counts[row] ?? 0) + times;
    expect(columns.reduce((sum, column) => sum + column.calls, 0)).toBe(calls);
    expect(columns.reduce((sum, column) => sum + column.errors, 0)).toBe(errors);
    expect(counts.reduce((a, b) => a + b)).toBe(calls);
    // The shortest and the longest call lie in the first and the last row.
    expect(rows[0]?.fromMs).toBeLessThan(leastMs);
    expect(rows[0]?.toMs).toBeGreaterThanOrEqual(leastMs);
    expect(rows.at(-1)?.fromMs).toBeLessThan(mostMs);
    expect(rows.at(-1)?.toMs).toBeGreaterThanOrEqual(mostMs);
    expect(counts[0]).toBeGreaterThan(0);
  });

  it('lead to traces', async () => {
    expect(await get('heatmap?client=shop&server=cart', heatmapAnswer)).toMatchObject({
      columns: expect.arrayContaining([
        expect.objectContaining({ slowest: { traceId: idOf(9), durationMs: 72 }, failed: expect.any(String) }),
      ]),
    });
  });

  it('have the step asked for, or one for at most 60 columns', async () => {
    expect(await get<Heatmap>('heatmap?service=cart&from=now-2d', heatmapAnswer)).toMatchObject({ stepSeconds: 3600 });
    expect(await get<Heatmap>('heatmap?service=cart&step=15m', heatmapAnswer)).toMatchObject({ stepSeconds: 900 });
    expect(await get<Heatmap>('heatmap?service=nobody', heatmapAnswer)).toMatchObject({ rows: [], columns: [] });
  });

  it.each([
    ['heatmap', 'service'],
    ['heatmap?service=a&server=b', 'service'],
    ['heatmap?service=a&step=1w', 'step'],
    ['heatmap?service=a&from=now-30d&step=1m', 'step'],
  ])('refuse %s', async (path, parameter) => expect(await refused(path)).toMatchObject({ parameter }));
});

describe('the graph', () => {
  it('has services, what they call, and the calls', async () => {
    const { nodes, edges } = await get<{ nodes: { id: number; service: { name: string } }[]; edges: object[] }>(
      'graph',
      graphAnswer,
    );
    const id = (name: string): number | undefined => nodes.find((node) => node.service.name === name)?.id;
    expect(nodes).toContainEqual(expect.objectContaining({ id: id('cart'), type: 'service', calls: 9, errors: 3 }));
    expect(nodes).toContainEqual(expect.objectContaining({ id: id('postgresql/carts'), type: 'database' }));
    // It calls nobody and nobody calls it.
    expect(nodes).toContainEqual(expect.objectContaining({ id: id('images'), type: 'service' }));
    expect(edges).toContainEqual(
      expect.objectContaining({ from: id('shop'), to: id('cart'), kind: 'rpc', calls: 9, errors: 3 }),
    );
    expect(edges).toContainEqual(expect.objectContaining({ from: null, to: id('shop'), kind: 'entry' }));
  });

  it('is empty in an empty window', async () => {
    expect(await get('graph?from=now-3h&to=now-2h', graphAnswer)).toMatchObject({ nodes: [], edges: [] });
  });
});

describe('a comparison', () => {
  it('has what is new, with the window before by default', async () => {
    expect(await get('compare?from=now-5m', compareAnswer)).toMatchObject({
      rows: expect.arrayContaining([
        expect.objectContaining({ operation: 'GET /cart', kind: 'server', state: 'added', base: null, change: null }),
      ]),
    });
  });

  it('has what changed, here nothing', async () => {
    const window = 'from=now-5m&baseFrom=now-5m&baseTo=now';
    const { rows } = await get<{ rows: object[] }>(`compare?${window}&of=edges&service=shop`, compareAnswer);
    expect(rows).toHaveLength(2);
    expect(rows).toContainEqual(
      expect.objectContaining({
        kind: 'rpc',
        state: 'both',
        change: { callsPerMinute: 0, errorRate: 0, durationMs: { p50: 0, p95: 0, p99: 0 } },
      }),
    );
  });

  it('refuses a base that ends before it begins', async () => {
    expect(await refused('compare?baseFrom=now&baseTo=now-1h')).toMatchObject({ parameter: 'baseTo' });
  });
});

describe('completion', () => {
  it('knows fields and attributes', async () => {
    const { fields } = await get<{ fields: { name: string }[] }>('fields?limit=1000', fieldsAnswer);
    const names = fields.map(({ name }) => name);
    for (const name of ['service', 'trace.duration', 'span.http.response.status_code', 'resource.host.name']) {
      expect(names).toContain(name);
    }
    expect(await get('fields?containing=HOST', fieldsAnswer)).toMatchObject({
      fields: [{ name: 'resource.host.name' }],
    });
  });

  it.each([
    ['service', '', ['cart', 'images', 'shop']],
    ['environment', '', ['demo']],
    ['operation', 'service=cart&containing=get', ['GET /cart']],
    ['status', 'containing=err', ['error']],
    ['db.system.name', '', ['postgresql']],
    ['span.nth', 'containing=R%209', ['number 9']],
    ['resource.host.name', '', ['a']],
    ['peer', '', ['postgresql/carts']],
    ['duration', '', []],
  ])('knows the values of %s (%s)', async (name, query, values) => {
    expect(await get(`fields/${encodeURIComponent(name)}/values?${query}`, valuesAnswer)).toEqual({ values });
  });

  it('refuses what is no field', async () => {
    expect(await refused('fields/servce/values')).toMatchObject({ code: 'invalid_query', nearest: 'service' });
  });
});

describe('a trace', () => {
  it('has its calls and its critical path, which is as long as its root', async () => {
    const answer = await get<{ criticalPath: { durationMs: number }[] }>(`traces/${idOf(4)}`, traceAnswerSchema);
    expect(answer).toMatchObject({
      state: 'stored',
      buffered: null,
      edges: expect.arrayContaining([
        expect.objectContaining({ client: expect.objectContaining({ name: 'shop' }), kind: 'rpc', calls: 1 }),
        expect.objectContaining({ kind: 'database', calls: 1 }),
      ]),
    });
    const onPathMs = answer.criticalPath.reduce((sum, each) => sum + each.durationMs, 0);
    expect(onPathMs).toBeCloseTo(40, 3);
  });

  it('says which spans came late, and by how much', async () => {
    expect(await get(`traces/${idOf(1)}`, traceAnswerSchema)).toMatchObject({
      fragments: [
        { late: false, lateByMs: null, spanCount: 4 },
        { late: true, lateByMs: 1000, spanCount: 2 },
      ],
      // The one that was sent again is the first one's.
      spanFragments: [
        { fragment: 0, spanCount: 4 },
        { fragment: 1, spanCount: 1 },
      ],
    });
    expect(await get(`traces/${open.traceId}`, traceAnswerSchema)).toMatchObject({
      spanFragments: [{ fragment: null, spanCount: 1 }],
    });
  });

  it('names the spans of other traces that link to it', async () => {
    const link = { traceId: idOf(10), spanId: gap.spanId, service: 'images', operation: 'resize' };
    const toSpanId = orders[3]?.[2]?.spanId;
    expect(await get(`traces/${idOf(4)}`, traceAnswerSchema)).toMatchObject({
      kept: false,
      linkedFrom: [{ ...link, startTime: new Date(startMs + 1000).toISOString(), toSpanId }],
    });
    expect(await get(`traces/${idOf(5)}`, traceAnswerSchema)).toMatchObject({ linkedFrom: [] });
  });

  it('has its critical path while it is open, of what has come', async () => {
    const [root, call, served] = underway.map(({ spanId }) => spanId);
    expect(await get(`traces/${idOf(12)}`, traceAnswerSchema)).toMatchObject({
      state: 'open',
      criticalPath: [
        { spanId: served, durationMs: 24 },
        { spanId: root, durationMs: 8 },
        { spanId: call, durationMs: 8 },
      ],
    });
  });

  it('tells while it is open what waits, and when it closes', async () => {
    expect(await get(`traces/${open.traceId}`, traceAnswerSchema)).toMatchObject({
      state: 'open',
      buffered: {
        chunkCount: 1,
        spanCount: 1,
        closesAt: new Date(nowMs - 500 + defaultQueryConfig.settleMs).toISOString(),
        closesBecause: 'complete',
      },
    });
  });
});
