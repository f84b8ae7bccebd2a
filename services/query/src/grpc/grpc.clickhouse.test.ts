import { fileURLToPath } from 'node:url';
import { credentials, loadPackageDefinition, status, type Client, type ServiceClientConstructor } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { decodeSpans } from '@spanloom/wire';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clockAt } from '../testing/clock.ts';
import { startQuery, type TestQuery } from '../testing/query.ts';
import { shopTraces } from '../testing/shop.ts';
import { startStore, type TestStore } from '../testing/store.ts';

const minuteMs = Math.floor(Date.now() / 60_000) * 60_000 - 120_000;
const nowMs = minuteMs + 65_000;
const shop = shopTraces(minuteMs);
const orderId = '4bf92f3577b34da6a3ce929d0e0e4736';
const seconds = (ms: number): object => ({ seconds: String(Math.floor((minuteMs + ms) / 1000)), nanos: 0 });
const window = { startTimeMin: seconds(0), startTimeMax: seconds(60_000), searchDepth: 20 };

let stored: TestStore;
let running: TestQuery;
let v2: Client;
let v3: Client;

beforeAll(async () => {
  stored = await startStore();
  await stored.put([shop.order, shop.job, shop.zipkin], nowMs - 1000);
  running = await startQuery({ store: stored.store.read, keeper: stored.store, clock: clockAt(nowMs) });
  v2 = client('api_v2');
  v3 = client('api_v3');
});

afterAll(async () => {
  v2.close();
  v3.close();
  await running.query.stop();
  await stored.remove();
});

function client(generation: 'api_v2' | 'api_v3'): Client {
  const folder = fileURLToPath(new URL('../../proto/', import.meta.url));
  const loaded = loadPackageDefinition(
    loadSync(['jaeger/query_v2.proto', 'jaeger/query_v3.proto'], {
      includeDirs: [folder],
      longs: String,
      enums: String,
    }),
  );
  const { jaeger } = loaded as unknown as {
    jaeger: Record<string, { QueryService: ServiceClientConstructor }>;
  };
  const Service = jaeger[generation]?.QueryService;
  if (Service === undefined) throw new Error('no such service');
  return new Service(`127.0.0.1:${running.query.grpcPort}`, credentials.createInsecure());
}

type Answered = (error: Error | null, answer: unknown) => void;
type Method = (request: object, answered?: Answered) => AsyncIterable<unknown>;

/** The methods of a client are made from the definitions: the compiler knows none. */
function call(service: Client, name: string, request: object, answered?: Answered): AsyncIterable<unknown> {
  const method = (service as unknown as Record<string, Method>)[name];
  if (method === undefined) throw new Error(`no method ${name}`);
  return answered === undefined ? method.call(service, request) : method.call(service, request, answered);
}

async function unary(service: Client, name: string, request: object): Promise<unknown> {
  return await new Promise((resolve, reject) => {
    call(service, name, request, (error, answer) => (error === null ? resolve(answer) : reject(error)));
  });
}

async function stream(service: Client, name: string, request: object): Promise<unknown[]> {
  const messages: unknown[] = [];
  for await (const message of call(service, name, request)) messages.push(message);
  return messages;
}

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');

describe('api_v2', () => {
  it('lists services, operations and dependencies', async () => {
    expect(await unary(v2, 'getServices', {})).toEqual({ services: ['cart', 'missing-service-name', 'web'] });
    expect(await unary(v2, 'getOperations', { service: 'cart', spanKind: 'server' })).toEqual({
      operationNames: ['POST /cart', 'buy'],
      operations: [
        { name: 'POST /cart', spanKind: 'server' },
        { name: 'buy', spanKind: 'server' },
      ],
    });
    const dependencies = { startTime: seconds(0), endTime: seconds(60_000) };
    expect(await unary(v2, 'getDependencies', dependencies)).toMatchObject({
      dependencies: [
        { parent: 'web', child: 'cart', callCount: '2' },
        { parent: 'cart', child: 'cart', callCount: '2' },
        { parent: 'web', child: 'web', callCount: '1' },
      ],
    });
    await expect(unary(v2, 'getDependencies', {})).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: 'StartTime and EndTime must be initialized.',
    });
  });

  it('has the spans of a trace to the nanosecond, with their types', async () => {
    const chunks = (await stream(v2, 'getTrace', { traceId: bytes(orderId) })) as { spans: { tags: unknown[] }[] }[];
    expect(chunks).toHaveLength(1);
    const [page, call, served, checked, ...others] = chunks.flatMap((chunk) => chunk.spans);
    expect([checked, ...others]).toMatchObject([{ operationName: 'empty-span-name' }]);
    expect(page).toMatchObject({
      traceId: bytes(orderId),
      spanId: bytes('00000000000000a1'),
      operationName: 'GET /',
      startTime: { seconds: String(minuteMs / 1000 + 10), nanos: 999 },
      duration: { nanos: 100_000_000 },
      process: { serviceName: 'web' },
    });
    expect(page?.tags).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ key: 'large', vType: 'INT64', vInt64: '9007199254740993' }),
        expect.objectContaining({ key: 'ratio', vType: 'FLOAT64', vFloat64: 2 }),
        expect.objectContaining({ key: 'cached', vType: 'BOOL', vBool: true }),
        expect.objectContaining({ key: 'body', vType: 'BINARY', vBinary: bytes('010203') }),
        expect.objectContaining({ key: 'ab', vStr: '["a","b"]' }),
      ]),
    );
    expect(call).toMatchObject({
      references: [
        { traceId: bytes(orderId), spanId: bytes('00000000000000a1') },
        { traceId: bytes('0000000000000000000000000000000b'), refType: 'FOLLOWS_FROM' },
      ],
    });
    expect(served).toMatchObject({
      logs: [{ timestamp: { nanos: 21_000_999 }, fields: [{ key: 'event', vStr: 'exception' }, {}] }],
    });
    // 8 bytes, as an id of 64 bits may come.
    expect(await stream(v2, 'getTrace', { traceId: bytes('000000000000b001') })).toMatchObject([
      { spans: [{ warnings: [expect.stringContaining('parent span ID=00000000000000bb')] }] },
    ]);
  });

  it('says why there is no trace', async () => {
    const get = async (traceId: string): Promise<unknown> => await stream(v2, 'getTrace', { traceId: bytes(traceId) });
    await expect(get('00000000000000ff')).rejects.toMatchObject({ code: status.NOT_FOUND, details: 'trace not found' });
    await expect(get('ff')).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: 'invalid length for TraceID',
    });
    await expect(get('')).rejects.toMatchObject({ details: 'uninitialized TraceID is not allowed' });
  });

  it('finds traces', async () => {
    const find = async (query: object): Promise<unknown> => {
      const chunks = (await stream(v2, 'findTraces', { query })) as { spans: { traceId: Buffer }[] }[];
      return [...new Set(chunks.flatMap(({ spans }) => spans.map(({ traceId }) => traceId.toString('hex').slice(-4))))];
    };
    expect(await find({ ...window, serviceName: 'web' })).toEqual(['c001', '4736']);
    expect(await find({ ...window, serviceName: 'web', searchDepth: 1 })).toEqual(['c001']);
    expect(await find({ ...window, serviceName: 'web', tags: { cached: 'true' } })).toEqual(['4736']);
    expect(await find({ ...window, serviceName: 'web', durationMin: { nanos: 100_000_000 } })).toEqual(['4736']);
    // As a Go client sends no time: the year 1.
    const never = { seconds: '-62135596800', nanos: 0 };
    expect(await find({ startTimeMin: never, startTimeMax: never, searchDepth: 9, operationName: 'resize' })).toEqual([
      'b001',
    ]);
    await expect(find({ ...window, searchDepth: 0 })).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: 'search depth must be greater than 0 and less than max traces',
    });
    await expect(stream(v2, 'findTraces', {})).rejects.toMatchObject({ details: 'missing query' });
  });

  it('keeps a trace', async () => {
    expect(await unary(v2, 'archiveTrace', { traceId: bytes(orderId) })).toEqual({});
    await expect(unary(v2, 'archiveTrace', { traceId: bytes('00000000000000ff') })).rejects.toMatchObject({
      code: status.NOT_FOUND,
    });
  });
});

describe('api_v3', () => {
  it('lists services, operations and dependencies', async () => {
    expect(await unary(v3, 'getServices', {})).toEqual({ services: ['cart', 'missing-service-name', 'web'] });
    expect(await unary(v3, 'getOperations', { service: 'web' })).toMatchObject({
      operations: [
        { name: 'GET /', spanKind: 'server' },
        { name: 'POST', spanKind: 'client' },
        { name: 'buy', spanKind: 'client' },
      ],
    });
    expect(await unary(v3, 'getDependencies', { startTime: seconds(0), endTime: seconds(60_000) })).toMatchObject({
      dependencies: [
        { parent: 'web', child: 'cart', callCount: '2' },
        { parent: 'cart', child: 'cart', callCount: '2' },
        { parent: 'web', child: 'web', callCount: '1' },
      ],
    });
  });

  it('sends traces as OTLP, to the byte what was stored', async () => {
    const path = '/jaeger.api_v3.QueryService/GetTrace';
    const request = Buffer.from([0x0a, 32, ...Buffer.from(orderId), 0x20, 1]);
    const asIs = (each: Buffer): Buffer => each;
    const messages: Buffer[] = [];
    for await (const message of v3.makeServerStreamRequest(path, asIs, asIs, request)) messages.push(message as Buffer);
    const spans = messages.flatMap((message) => {
      const decoded = decodeSpans(message);
      return decoded.ok ? decoded.value : [];
    });
    expect(spans.slice(0, 3)).toEqual(shop.order.slice(0, 3));
    expect(spans[3]).toMatchObject({ name: 'empty-span-name', attributes: [{ key: '@jaeger@warnings' }] });
  });

  it('finds traces and their summaries', async () => {
    const query = { ...window, serviceName: 'web', attributes: { cached: 'true' } };
    const [found, ...others] = (await stream(v3, 'findTraces', { query })) as { resourceSpans: unknown[] }[];
    expect(others).toEqual([]);
    expect(found?.resourceSpans).toMatchObject([
      { scopeSpans: [{ spans: [{ name: 'GET /', kind: 2 }] }] },
      { scopeSpans: [{ spans: [{ name: 'POST' }] }] },
      { scopeSpans: [{ spans: [{ name: 'POST /cart' }, { name: 'empty-span-name' }] }] },
    ]);
    expect(await stream(v3, 'findTraceSummaries', { query })).toMatchObject([
      {
        summaries: [
          {
            traceId: orderId,
            rootServiceName: 'web',
            minStartTimeUnixNano: String(BigInt(minuteMs + 10_000) * 1_000_000n + 999n),
            spanCount: 4,
            errorSpanCount: 1,
            services: [{ name: 'cart', spanCount: 2 }, { name: 'web' }],
          },
        ],
      },
    ]);
    expect(await stream(v3, 'findTraces', { query: { ...query, serviceName: 'nobody' } })).toEqual([]);
  });

  it('says what is wrong', async () => {
    await expect(stream(v3, 'getTrace', { traceId: 'zz' })).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
    await expect(stream(v3, 'getTrace', { traceId: 'ff' })).rejects.toMatchObject({ code: status.NOT_FOUND });
    const find = async (query: object): Promise<unknown> => await stream(v3, 'findTraces', { query });
    await expect(find({ searchDepth: 1 })).rejects.toMatchObject({
      details: 'start time min and max are required parameters',
    });
    await expect(find({ ...window, startTimeMax: seconds(-1000) })).rejects.toMatchObject({
      details: 'start_time_min must be before start_time_max',
    });
  });
});
