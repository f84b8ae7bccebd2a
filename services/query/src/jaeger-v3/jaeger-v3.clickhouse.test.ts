import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clockAt } from '../testing/clock.ts';
import { startQuery, type TestQuery } from '../testing/query.ts';
import { shopTraces } from '../testing/shop.ts';
import { startStore, type TestStore } from '../testing/store.ts';

const minuteMs = Math.floor(Date.now() / 60_000) * 60_000 - 120_000;
const nowMs = minuteMs + 65_000;
const shop = shopTraces(minuteMs);
const orderId = '4bf92f3577b34da6a3ce929d0e0e4736';
/** Unix nanoseconds as the traces have them. */
const ns = (ms: number): string => String(BigInt(minuteMs + ms) * 1_000_000n + 999n);
const time = (ms: number): string => new Date(minuteMs + ms).toISOString();
const window = `query.startTimeMin=${time(0)}&query.startTimeMax=${time(60_000)}`;

let stored: TestStore;
let running: TestQuery;

beforeAll(async () => {
  stored = await startStore();
  await stored.put([shop.order, shop.job, shop.zipkin], nowMs - 1000);
  running = await startQuery({ store: stored.store.read, clock: clockAt(nowMs) });
});

afterAll(async () => {
  await running.query.stop();
  await stored.remove();
});

async function json(path: string): Promise<unknown> {
  const answer = await running.get(path);
  expect(answer.status, path).toBe(200);
  expect(answer.headers.get('content-type')).toBe('application/json');
  return await answer.json();
}

async function expectError(path: string, httpCode: number, message: unknown): Promise<void> {
  const answer = await running.get(path);
  const text = await answer.text();
  expect(JSON.parse(text)).toEqual({ error: { httpCode, message } });
  expect(text.endsWith('}\n')).toBe(true);
  expect(answer.status).toBe(httpCode);
  expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
}

describe('services and operations', () => {
  it('are lists by their names; an unspecified kind shows as internal', async () => {
    expect(await json('/api/v3/services')).toEqual({ services: ['cart', 'missing-service-name', 'web'] });
    const operations = [
      { name: 'POST /cart', spanKind: 'server' },
      { name: 'buy', spanKind: 'server' },
      { name: 'empty-span-name', spanKind: 'internal' },
      { name: 'query', spanKind: 'client' },
    ];
    expect(await json('/api/v3/operations?service=cart')).toEqual({ operations });
    expect(await json('/api/v3/operations?service=cart&spanKind=client')).toEqual({ operations: [operations[3]] });
    expect(await json('/api/v3/operations?service=cart&span_kind=client')).toEqual({ operations: [operations[3]] });
    expect(await json('/api/v3/operations?service=nobody')).toEqual({ operations: [] });
    expect(await json('/api/v3/operations')).toEqual({ operations: [] });
  });
});

describe('a trace', () => {
  it('is OTLP in JSON as proto3 prints it', async () => {
    const string = (key: string, stringValue: string): object => ({ key, value: { stringValue } });
    const strings = (...values: string[]): object => ({
      arrayValue: { values: values.map((stringValue) => ({ stringValue })) },
    });
    const warning = /^Negative duration detected, sanitizing end timestamp\. Original end timestamp: /;
    expect(await json(`/api/v3/traces/${orderId.toUpperCase()}`)).toEqual({
      result: {
        resourceSpans: [
          {
            resource: {
              attributes: [
                string('service.name', 'web'),
                string('host.name', 'h1'),
                string('deployment.environment.name', 'demo'),
              ],
            },
            scopeSpans: [
              {
                scope: { name: 'http', version: '1.2', attributes: [string('library', 'undici')] },
                spans: [
                  {
                    traceId: orderId,
                    spanId: '00000000000000a1',
                    traceState: 'vendor=1',
                    flags: 1,
                    name: 'GET /',
                    kind: 2,
                    startTimeUnixNano: ns(10_000),
                    endTimeUnixNano: ns(10_100),
                    attributes: [
                      { key: 'http.response.status_code', value: { intValue: '500' } },
                      { key: 'large', value: { intValue: '9007199254740993' } },
                      { key: 'ratio', value: { doubleValue: 2 } },
                      { key: 'cached', value: { boolValue: true } },
                      { key: 'body', value: { bytesValue: 'AQID' } },
                      { key: 'ab', value: strings('a', 'b') },
                      string('empty', ''),
                    ],
                    status: { code: 1 },
                  },
                ],
              },
              {
                scope: {},
                spans: [
                  {
                    traceId: orderId,
                    spanId: '00000000000000a2',
                    parentSpanId: '00000000000000a1',
                    flags: 1,
                    name: 'POST',
                    kind: 3,
                    startTimeUnixNano: ns(10_010),
                    endTimeUnixNano: ns(10_060),
                    links: [
                      {
                        traceId: '0000000000000000000000000000000b',
                        spanId: '00000000000000a1',
                        attributes: [string('via', 'queue')],
                      },
                    ],
                    status: {},
                  },
                ],
              },
            ],
          },
          {
            resource: {
              attributes: [
                string('service.name', 'cart'),
                string('host.name', 'h2'),
                { key: 'cpus', value: { intValue: '8' } },
              ],
            },
            scopeSpans: [
              {
                scope: {},
                spans: [
                  {
                    traceId: orderId,
                    spanId: '00000000000000a3',
                    parentSpanId: '00000000000000a2',
                    flags: 1,
                    name: 'POST /cart',
                    kind: 2,
                    startTimeUnixNano: ns(10_020),
                    endTimeUnixNano: ns(10_050),
                    events: [
                      {
                        timeUnixNano: ns(10_021),
                        name: 'exception',
                        attributes: [string('exception.type', 'OutOfStock')],
                      },
                    ],
                    status: { message: 'no stock', code: 2 },
                  },
                  {
                    traceId: orderId,
                    spanId: '00000000000000a4',
                    parentSpanId: '00000000000000a3',
                    flags: 1,
                    name: 'empty-span-name',
                    startTimeUnixNano: ns(10_025),
                    endTimeUnixNano: String(BigInt(ns(10_025)) + 1n),
                    attributes: [
                      {
                        key: '@jaeger@warnings',
                        value: { arrayValue: { values: [{ stringValue: expect.stringMatching(warning) }] } },
                      },
                    ],
                    status: {},
                  },
                ],
              },
            ],
          },
        ],
      },
    });
  });

  it('is named where it has no name, and raw where that is asked for', async () => {
    expect(await json('/api/v3/traces/b001')).toMatchObject({
      result: {
        resourceSpans: [
          {
            resource: { attributes: [{ key: 'service.name', value: { stringValue: 'missing-service-name' } }] },
            scopeSpans: [{ spans: [{ traceId: '0000000000000000000000000000b001', kind: 1 }] }],
          },
        ],
      },
    });
    const ids = async (query: string): Promise<unknown> =>
      JSON.stringify(await json(`/api/v3/traces/c001${query}`)).match(/"spanId":"[0-9a-f]{16}"/g);
    const shared = '"spanId":"00000000000000c2"';
    expect(await ids(`?startTime=${time(0)}`)).toEqual([shared, '"spanId":"0000000000000001"', expect.anything()]);
    expect(await ids('?rawTraces=true')).toEqual([shared, shared, expect.anything()]);
    expect(await ids('?raw_traces=true')).toEqual([shared, shared, expect.anything()]);
  });

  it('is not found, or a parameter is malformed', async () => {
    await expectError('/api/v3/traces/abc', 404, 'No traces found');
    await expectError('/api/v3/traces/zz', 400, 'malformed parameter trace_id: invalid length for TraceID');
    await expectError(
      '/api/v3/traces/b001?start_time=x',
      400,
      expect.stringMatching(/^malformed parameter start_time: parsing time "x" as /),
    );
    expect((await running.get('/api/v3/traces/')).status).toBe(404);
  });
});

describe('a search', () => {
  async function found(query: string): Promise<string[]> {
    const { result } = (await json(`/api/v3/traces?${query}`)) as {
      result: { resourceSpans: { scopeSpans: { spans: { traceId: string }[] }[] }[] };
    };
    const spans = result.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
    return [...new Set(spans.map(({ traceId }) => traceId.slice(-4)))];
  }

  it.each([
    [window, ['c001', 'b001', '4736']],
    [`${window}&query.searchDepth=1`, ['c001']],
    [`${window}&query.search_depth=2`, ['c001', 'b001']],
    [`${window}&query.num_traces=1`, ['c001']],
    [`query.start_time_min=${time(0)}&query.start_time_max=${time(25_000)}&query.service_name=web`, ['4736']],
    [`${window}&query.serviceName=web&query.operationName=GET%20/`, ['4736']],
    [`${window}&query.durationMin=20ms&query.duration_max=40ms`, ['c001', '4736']],
    [`${window}&query.attributes=${encodeURIComponent('{"exception.type":"OutOfStock"}')}`, ['4736']],
    [
      `query.startTimeMin=${time(0).replace('Z', '%2B00:00')}&query.startTimeMax=${time(60_000)}`,
      ['c001', 'b001', '4736'],
    ],
  ])('for %s', async (query, ids) => expect(await found(query)).toEqual(ids));

  it.each(['traces', 'trace-summaries'])('refuses what Jaeger refuses of %s', async (route) => {
    const path = `/api/v3/${route}?`;
    const required = 'query.startTimeMin and query.startTimeMax are required';
    await expectError(path, 400, required);
    await expectError(`${path}query.startTimeMin=${time(0)}`, 400, required);
    await expectError(
      `${path}query.startTimeMin=${time(1)}&query.startTimeMax=${time(0)}`,
      400,
      'query.startTimeMin must be before query.startTimeMax',
    );
    const depth = 'search depth must be greater than 0 and less than max traces';
    await expectError(`${path}${window}&query.searchDepth=0`, 400, depth);
    await expectError(
      `${path}${window}&query.durationMin=5`,
      400,
      'malformed parameter query.durationMin: time: missing unit in duration "5"',
    );
    await expectError(
      `${path}${window}&query.attributes=x`,
      400,
      expect.stringMatching(/^malformed parameter query\.attributes: /),
    );
    await expectError(
      `${path}${window}&query.raw_traces=x`,
      400,
      'malformed parameter query.raw_traces: strconv.ParseBool: parsing "x": invalid syntax',
    );
  });

  it('that finds nothing is 404, but an empty list of summaries', async () => {
    const nothing = `${window}&query.serviceName=nobody`;
    await expectError(`/api/v3/traces?${nothing}`, 404, 'No traces found');
    expect(await json(`/api/v3/trace-summaries?${nothing}`)).toEqual({ summaries: [] });
  });

  it('has summaries, what is zero or empty left out', async () => {
    expect(await json(`/api/v3/trace-summaries?${window}`)).toEqual({
      summaries: [
        {
          traceId: '0000000000000000000000000000c001',
          rootServiceName: 'web',
          rootOperationName: 'buy',
          minStartTimeUnixNano: ns(30_000),
          maxEndTimeUnixNano: ns(30_020),
          spanCount: 3,
          services: [
            { name: 'cart', spanCount: 2 },
            { name: 'web', spanCount: 1 },
          ],
        },
        {
          traceId: '0000000000000000000000000000b001',
          minStartTimeUnixNano: ns(20_000),
          maxEndTimeUnixNano: ns(20_002),
          spanCount: 1,
          orphanSpanCount: 1,
          services: [{ name: 'missing-service-name', spanCount: 1 }],
        },
        {
          traceId: orderId,
          rootServiceName: 'web',
          rootOperationName: 'GET /',
          minStartTimeUnixNano: ns(10_000),
          maxEndTimeUnixNano: ns(10_100),
          spanCount: 4,
          errorSpanCount: 1,
          services: [
            { name: 'cart', spanCount: 2, errorSpanCount: 1 },
            { name: 'web', spanCount: 2 },
          ],
        },
      ],
    });
  });
});
