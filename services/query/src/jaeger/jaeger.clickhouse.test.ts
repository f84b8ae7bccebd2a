import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toOtlpJson } from '../v1/otlp-json.ts';
import { clockAt } from '../testing/clock.ts';
import { startQuery, type TestQuery } from '../testing/query.ts';
import { anOpenChunk } from '../testing/records.ts';
import { shopTraces } from '../testing/shop.ts';
import { aSpan } from '../testing/spans.ts';
import { startStore, type TestStore } from '../testing/store.ts';

const minuteMs = Math.floor(Date.now() / 60_000) * 60_000 - 120_000;
/** A minute and some seconds after the traces. */
const nowMs = minuteMs + 65_000;
const us = (ms: number): number => (minuteMs + ms) * 1000;
const shop = shopTraces(minuteMs);
const orderId = '4bf92f3577b34da6a3ce929d0e0e4736';
const open = aSpan({ traceId: '0000000000000000000000000000e001', spanId: '00000000000000e1' });

let stored: TestStore;
let running: TestQuery;

beforeAll(async () => {
  stored = await startStore();
  await stored.put([shop.order, shop.job, shop.zipkin], nowMs - 1000);
  const openChunk = anOpenChunk(100, [open]);
  running = await startQuery({
    store: stored.store.read,
    clock: clockAt(nowMs),
    buffer: {
      peek: async (_stream: string, _partition: number, traceId: string) =>
        traceId === open.traceId ? [openChunk] : [],
    },
  });
});

afterAll(async () => {
  await running.query.stop();
  await stored.remove();
});

async function data(path: string): Promise<unknown> {
  const answer = await running.get(path);
  expect(answer.status, path).toBe(200);
  expect(answer.headers.get('content-type')).toBe('application/json');
  return ((await answer.json()) as { data: unknown }).data;
}

async function expectError(path: string, code: number, msg: string, init?: RequestInit): Promise<void> {
  const answer = await running.get(path, init);
  expect(await answer.text()).toBe(
    `${JSON.stringify({ data: null, total: 0, limit: 0, offset: 0, errors: [{ code, msg }] })}\n`,
  );
  expect(answer.status).toBe(code);
  expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
}

describe('every answer', () => {
  it('has the envelope, its keys in order, no charset, and names a trace', async () => {
    const answer = await running.get('/api/services');
    expect(await answer.text()).toBe(
      '{"data":["cart","missing-service-name","web"],"total":3,"limit":0,"offset":0,"errors":null}',
    );
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.get('traceresponse')).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(answer.headers.get('content-encoding')).toBeNull();
  });

  it('names the trace of the request, and that on errors, too', async () => {
    const headers = { traceparent: `00-${orderId}-00000000000000a1-01` };
    for (const path of ['/api/services', '/api/nothing', '/api/traces/zz', '/']) {
      const answer = await running.get(path, { headers });
      expect(answer.headers.get('traceresponse'), path).toMatch(new RegExp(`^00-${orderId}-[0-9a-f]{16}-01$`));
    }
  });

  it('is indented by 4 when asked for', async () => {
    expect(await (await running.get('/api/services?prettyPrint=true')).text()).toContain(
      '{\n    "data": [\n        "cart"',
    );
    expect(await (await running.get('/api/services?prettyPrint=false')).text()).toContain('{"data":[');
  });

  it.each([
    ['GET', '/api/metrics/minstep'],
    ['GET', '/api/traces/'],
    ['GET', '/api/archive/b001'],
    ['POST', '/api/traces'],
    ['PUT', '/api/transform'],
    ['DELETE', '/api/services'],
    ['OPTIONS', '/api/v3/services'],
  ])('is 404 in plain text for %s %s, whatever its body', async (method, path) => {
    const body = method === 'GET' ? {} : { body: '{"no json', headers: { 'content-type': 'application/json' } };
    const answer = await running.get(path, { method, ...body });
    expect([answer.status, await answer.text()]).toEqual([404, '404 page not found\n']);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  });
});

describe('operations', () => {
  it('of a service are unique names; of one that is unknown, null', async () => {
    expect(await data('/api/services/cart/operations')).toEqual(['POST /cart', 'buy', 'empty-span-name', 'query']);
    expect(await (await running.get('/api/services/cart/operations')).text()).toContain('"total":4,');
    expect(await (await running.get('/api/services/no%2Fne/operations')).text()).toBe(
      '{"data":null,"total":0,"limit":0,"offset":0,"errors":null}',
    );
  });

  it('have kinds, exact and in lower case', async () => {
    expect(await data('/api/operations?service=cart')).toEqual([
      { name: 'POST /cart', spanKind: 'server' },
      { name: 'buy', spanKind: 'server' },
      { name: 'empty-span-name', spanKind: '' },
      { name: 'query', spanKind: 'client' },
    ]);
    expect(await data('/api/operations?service=cart&spanKind=client')).toEqual([{ name: 'query', spanKind: 'client' }]);
    expect(await data('/api/operations?service=cart&spanKind=CLIENT')).toEqual([]);
    expect(await data('/api/operations?service=nobody')).toEqual([]);
    await expectError('/api/operations', 400, "parameter 'service' is required");
  });
});

describe('a trace', () => {
  it('is shown as Jaeger shows it, to the last field', async () => {
    const string = (key: string, value: string): object => ({ key, type: 'string', value });
    const childOf = (spanID: string): object => ({ refType: 'CHILD_OF', traceID: orderId, spanID });
    const span = (spanID: string, operationName: string, startMs: number, durationUs: number): object => ({
      traceID: orderId,
      spanID,
      operationName,
      references: [],
      startTime: us(startMs),
      duration: durationUs,
      tags: [],
      logs: [],
      processID: 'p1',
      warnings: null,
    });
    expect(await data(`/api/traces/${orderId}`)).toEqual([
      {
        traceID: orderId,
        spans: [
          {
            ...span('00000000000000a1', 'GET /', 10_000, 100_000),
            tags: [
              string('otel.scope.name', 'http'),
              string('otel.scope.version', '1.2'),
              { key: 'http.response.status_code', type: 'int64', value: 500 },
              { key: 'large', type: 'int64', value: '9007199254740993' },
              { key: 'ratio', type: 'float64', value: 2 },
              { key: 'cached', type: 'bool', value: true },
              { key: 'body', type: 'binary', value: 'AQID' },
              string('ab', '["a","b"]'),
              string('empty', ''),
              string('span.kind', 'server'),
              string('w3c.tracestate', 'vendor=1'),
              string('otel.status_code', 'OK'),
            ],
          },
          {
            ...span('00000000000000a2', 'POST', 10_010, 50_000),
            references: [
              childOf('00000000000000a1'),
              { refType: 'FOLLOWS_FROM', traceID: '000000000000000b', spanID: '00000000000000a1' },
            ],
            tags: [string('span.kind', 'client')],
          },
          {
            ...span('00000000000000a3', 'POST /cart', 10_020, 30_000),
            references: [childOf('00000000000000a2')],
            tags: [
              string('span.kind', 'server'),
              string('otel.status_code', 'ERROR'),
              { key: 'error', type: 'bool', value: true },
              string('otel.status_description', 'no stock'),
            ],
            logs: [
              {
                timestamp: us(10_021),
                fields: [string('event', 'exception'), string('exception.type', 'OutOfStock')],
              },
            ],
            processID: 'p2',
          },
          {
            ...span('00000000000000a4', 'empty-span-name', 10_025, 0),
            references: [childOf('00000000000000a3')],
            processID: 'p2',
            warnings: [expect.stringMatching(/^Negative duration detected, sanitizing end timestamp\. Original end/)],
          },
        ],
        processes: {
          p1: {
            serviceName: 'web',
            tags: [string('host.name', 'h1'), string('deployment.environment.name', 'demo')],
          },
          p2: { serviceName: 'cart', tags: [string('host.name', 'h2'), { key: 'cpus', type: 'int64', value: 8 }] },
        },
        warnings: null,
      },
    ]);
  });

  it.each(['b001', '000000000000b001', '0000B001', '0000000000000000000000000000b001', 'AAAAAAAAAAAAAAAAAACwAQ=='])(
    'is found by its id, written as %s',
    async (id) => {
      expect(await data(`/api/traces/${encodeURIComponent(id)}?start=0&end=1`)).toMatchObject([
        {
          traceID: '000000000000b001',
          processes: { p1: { serviceName: 'missing-service-name', tags: [] } },
          spans: [
            {
              warnings: ['parent span ID=00000000000000bb is not in the trace; skipping clock skew adjustment'],
            },
          ],
        },
      ]);
    },
  );

  it('has ids of its own for a client and a server that share one; raw leaves them', async () => {
    const ids = async (query: string): Promise<unknown> =>
      (
        (await data(`/api/traces/c001${query}`)) as { spans: { spanID: string; references: { spanID: string }[] }[] }[]
      ).map(({ spans }) => spans.map((span) => [span.spanID, span.references[0]?.spanID]));
    const shared = '00000000000000c2';
    const own = '0000000000000001';
    expect(await ids('')).toEqual([
      [
        [shared, undefined],
        [own, shared],
        ['00000000000000c3', own],
      ],
    ]);
    expect(await ids('?raw=1')).toEqual([
      [
        [shared, undefined],
        [shared, undefined],
        ['00000000000000c3', shared],
      ],
    ]);
  });

  it('is not found, or its id is none', async () => {
    await expectError('/api/traces/abc', 404, 'trace not found');
    await expectError('/api/traces/zz', 400, 'invalid length for TraceID');
    const long = 'a'.repeat(33);
    await expectError(`/api/traces/${long}`, 400, `TraceID cannot be longer than 32 hex characters: ${long}`);
    const syntax = 'parsing "x": invalid syntax';
    await expectError('/api/traces/b001?start=x', 400, `unable to parse param 'start': strconv.ParseInt: ${syntax}`);
    await expectError('/api/traces/b001?raw=x', 400, `unable to parse param 'raw': strconv.ParseBool: ${syntax}`);
  });
});

describe('a search', () => {
  const order = orderId;
  const zipkin = '000000000000c001';

  async function found(query: string): Promise<string[]> {
    return ((await data(`/api/traces?${query}`)) as { traceID: string }[]).map((trace) => trace.traceID);
  }

  it.each([
    ['service=web', [zipkin, order]],
    ['service=web&limit=1', [zipkin]],
    ['service=web&lookback=1s', [zipkin, order]],
    ['service=nobody', []],
    ['service=missing-service-name', ['000000000000b001']],
    ['service=web&operation=GET%20/', [order]],
    ['service=cart&operation=empty-span-name', [order]],
    ['service=cart&operation=GET%20/', []],
    ['service=web&minDuration=100ms&maxDuration=100ms', [order]],
    ['service=web&minDuration=100001us', []],
    ['service=web&maxDuration=20ms', [zipkin]],
    [`service=web&start=${us(10_010)}&end=${us(10_010)}`, [order]],
    [`service=web&start=${us(10_010) + 1}&end=${us(20_000)}`, []],
    [`service=web&start=${(nowMs + 1000) * 1000}`, []],
  ])('for %s', async (query, ids) => expect(await found(query)).toEqual(ids));

  it.each([
    ['an integer', 'http.response.status_code', '500', true],
    ['an integer written otherwise', 'http.response.status_code', '500.0', false],
    ['a double', 'ratio', '2', true],
    ['a bool', 'cached', 'true', true],
    ['bytes', 'body', 'AQID', true],
    ['an array', 'ab', '["a","b"]', true],
    ['part of an array', 'ab', '["a"]', false],
    ['an empty string', 'empty', '', true],
    ['another case', 'AB', '["a","b"]', false],
    ['an attribute of the scope', 'library', 'undici', true],
    ['an attribute of a link', 'via', 'queue', true],
    ['an attribute of the resource', 'host.name', 'h1', true],
    ['one of the resource, by that name', 'resource.host.name', 'h1', true],
    ['one of the span as one of the resource', 'resource.cached', 'true', false],
    ['a scope', 'scope.name', 'http', true],
    ['another version of a scope', 'scope.version', '1.3', false],
    ['no error: said to be none', 'error', 'false', true],
    ['an error', 'error', 'true', false],
    ['a kind', 'span.kind', 'server', true],
    ['a kind that is none', 'span.kind', 'consumer', false],
    ['a status', 'span.status', 'ok', true],
  ])('finds %s as text', async (_name, key, value, isFound) => {
    const tags = encodeURIComponent(JSON.stringify({ [key]: value }));
    expect(await found(`service=web&start=${us(9_000)}&end=${us(11_000)}&tags=${tags}`)).toEqual(
      isFound ? [order] : [],
    );
  });

  it('finds an error and an attribute of an event in one span only', async () => {
    expect(await found('service=cart&tag=error:true')).toEqual([order]);
    expect(await found('service=cart&tag=exception.type:OutOfStock&tag=error:true&tag=span.kind:server')).toEqual([
      order,
    ]);
    expect(await found('service=cart&tag=exception.type:OutOfStock&tag=span.kind:client')).toEqual([]);
    expect(await found('service=cart&tag=cpus:8&tag=exception.type:OutOfStock')).toEqual([order]);
    // Unset is neither.
    expect(await found('service=cart&operation=buy&tag=error:false')).toEqual([]);
  });

  it('by ids answers those that are there and names the others', async () => {
    const answer = await running.get(`/api/traces?traceID=B001&traceID=abc&traceID=${open.traceId}`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      data: [{ traceID: '000000000000b001' }, { traceID: '000000000000e001' }],
      errors: [{ msg: 'trace not found', traceID: '0000000000000abc' }],
    });
  });

  it.each([
    ['', "parameter 'service' is required"],
    ['service=web&minDuration=1', `unable to parse param 'minDuration': time: missing unit in duration "1"`],
    ['service=web&minDuration=2s&maxDuration=1s', "'maxDuration' should be greater than 'minDuration'"],
    ['service=web&limit=0', 'search depth must be greater than 0 and less than max traces'],
    ['service=web&tag=x', "malformed 'tag' parameter, expecting key:value, received: x"],
    ['service=web&tags=%7B%22a%22:1%7D', expect.stringMatching(/^malformed 'tags' parameter, cannot unmarshal JSON: /)],
    ['traceID=zz', 'cannot parse traceID param: invalid length for TraceID'],
  ])('refuses %s', async (query, msg) => {
    const answer = await running.get(`/api/traces?${query}`);
    expect(answer.status).toBe(400);
    expect(JSON.parse(await answer.text())).toMatchObject({ data: null, errors: [{ code: 400, msg }] });
  });
});

describe('dependencies', () => {
  it('count every span whose parent is present, in another service or the same', async () => {
    const calls = [{ parent: 'web', child: 'cart', callCount: 2 }];
    const withinCart = { parent: 'cart', child: 'cart', callCount: 2 };
    expect(await data('/api/dependencies')).toEqual([
      ...calls,
      withinCart,
      { parent: 'web', child: 'web', callCount: 1 },
    ]);
    const ofCart = [...calls, withinCart];
    expect(await data(`/api/dependencies?endTs=${nowMs}&lookback=120000&service=cart`)).toEqual(ofCart);
    expect(await data('/api/dependencies?service=nobody')).toEqual([]);
    expect(await data(`/api/dependencies?endTs=${minuteMs - 60_000}`)).toEqual([]);
    await expectError(
      '/api/dependencies?lookback=1h',
      400,
      `unable to parse param 'lookback': strconv.ParseInt: parsing "1h": invalid syntax`,
    );
  });
});

describe('metrics', () => {
  const window = `endTs=${minuteMs + 120_000}&lookback=120000&step=60000&ratePer=60000`;
  const time = (ms: number): string => new Date(minuteMs + ms).toISOString().replace('.000Z', 'Z');

  async function family(path: string): Promise<unknown> {
    const answer = await running.get(`/api/metrics/${path}`);
    expect(answer.headers.get('content-type')).toBe('application/json');
    return await answer.json();
  }

  it('are latencies in milliseconds, with NaN in gaps', async () => {
    expect(await family(`latencies?service=web&quantile=0.95&${window}`)).toEqual({
      name: 'service_latencies',
      type: 'GAUGE',
      help: '0.95th quantile latency, grouped by service',
      metrics: [
        {
          labels: [{ name: 'service_name', value: 'web' }],
          metricPoints: [
            { gaugeValue: { doubleValue: 'NaN' }, timestamp: time(0) },
            { gaugeValue: { doubleValue: expect.closeTo(100, -0.3) }, timestamp: time(60_000) },
            { gaugeValue: { doubleValue: 'NaN' }, timestamp: time(120_000) },
          ],
        },
      ],
    });
  });

  it('are calls per second by operation, of the kinds asked for', async () => {
    expect(
      await family(
        `calls?service=web&service=cart&spanKind=server&spanKind=unspecified&groupByOperation=true&${window}`,
      ),
    ).toEqual({
      name: 'service_operation_call_rate',
      type: 'GAUGE',
      help: 'calls/sec, grouped by service & operation',
      metrics: [
        ['cart', 'POST /cart'],
        ['cart', 'buy'],
        ['cart', 'empty-span-name'],
        ['web', 'GET /'],
      ].map(([service, operation]) => ({
        labels: [
          { name: 'service_name', value: service },
          { name: 'operation', value: operation },
        ],
        metricPoints: [
          { gaugeValue: { doubleValue: 0 }, timestamp: time(0) },
          { gaugeValue: { doubleValue: 1 / 60 }, timestamp: time(60_000) },
          { gaugeValue: { doubleValue: 0 }, timestamp: time(120_000) },
        ],
      })),
    });
  });

  it('are errors as a fraction of calls; nothing is an empty list', async () => {
    expect(await family(`errors?service=cart&endTs=${minuteMs + 90_500}&lookback=0`)).toEqual({
      name: 'service_error_rate',
      type: 'GAUGE',
      help: 'error rate, computed as a fraction of errors/sec over calls/sec, grouped by service',
      metrics: [
        {
          labels: [{ name: 'service_name', value: 'cart' }],
          metricPoints: [{ gaugeValue: { doubleValue: 0.5 }, timestamp: new Date(minuteMs + 90_500).toISOString() }],
        },
      ],
    });
    expect(await family('calls?service=nobody')).toMatchObject({ name: 'service_call_rate', metrics: [] });
    // An hour, a point every 5 s, of 10 minutes each.
    const { metrics } = (await family('calls?service=web')) as { metrics: { metricPoints: unknown[] }[] };
    expect(metrics[0]?.metricPoints).toHaveLength(721);
    expect(metrics[0]?.metricPoints.at(-1)).toMatchObject({ gaugeValue: { doubleValue: 1 / 600 } });
  });

  it.each([
    ['latencies', `unable to parse param 'quantile': strconv.ParseFloat: parsing "": invalid syntax`],
    ['latencies?quantile=0.5', "unable to parse param 'service': please provide at least one service name"],
    ['calls?service=web&step=x', `unable to parse param 'step': strconv.ParseInt: parsing "x": invalid syntax`],
    ['errors?service=web&spanKind=x', "unable to parse param 'spanKind': unsupported span kind: 'x'"],
    ['calls?service=web&step=0', "'step' must be greater than 0"],
  ])('refuse %s', async (path, msg) => {
    await expectError(`/api/metrics/${path}`, 400, msg);
  });
});

describe('the transformation of OTLP', () => {
  it('is the trace as it would be shown, whatever the body is called', async () => {
    const body = JSON.stringify(toOtlpJson(shop.zipkin));
    for (const type of ['application/json', 'text/plain']) {
      const answer = await running.get('/api/transform', { method: 'POST', body, headers: { 'content-type': type } });
      expect(answer.status).toBe(200);
      expect(await answer.json()).toEqual({
        data: await data('/api/traces/c001?raw=true'),
        total: 0,
        limit: 0,
        offset: 0,
        errors: null,
      });
    }
  });

  it.each(['', 'no', '[]', '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"ab","spanId":"ab"}]}]}]}'])(
    'refuses %j',
    async (body) => {
      const answer = await running.get('/api/transform', { method: 'POST', body });
      expect(answer.status).toBe(400);
      expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      expect(JSON.parse(await answer.text())).toMatchObject({ errors: [{ code: 400 }] });
    },
  );
});
