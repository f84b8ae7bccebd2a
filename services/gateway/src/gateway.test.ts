import { LogError } from '@spanloom/log';
import type { Log } from '@spanloom/log';
import type { Clock } from '@spanloom/span';
import { afterEach, expect, test } from 'vitest';
import { createGrpcClient, statusOf } from './testing/clients.ts';
import { startGateway } from './testing/gateway.ts';
import type { TestGateway, TestGatewayOptions } from './testing/gateway.ts';
import { exportRequest, id, span } from './testing/otlp.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function start(options: TestGatewayOptions): Promise<TestGateway> {
  const gateway = await startGateway(options);
  cleanups.push(() => gateway.stop());
  return gateway;
}

/** Holds every append back until it is opened. */
function gate(): { open: () => void; waiting: () => number; append: (log: Log) => Log['append'] } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  let waiting = 0;
  return {
    open: () => open(),
    waiting: () => waiting,
    append: (log) => async (topic, partition, records) => {
      waiting++;
      await opened;
      return log.append(topic, partition, records);
    },
  };
}

const request = exportRequest(span());
const post = (url: string, body: Uint8Array = request): Promise<Response> =>
  fetch(`${url}/v1/traces`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/x-protobuf' },
  });

async function httpStatus(response: Response): Promise<ReturnType<typeof statusOf>> {
  return statusOf(Buffer.from(await response.arrayBuffer()));
}

test('success is answered only after the log has every chunk', async () => {
  const { append, open, waiting } = gate();
  const { url } = await start({ append });
  let answered = false;
  const spans = Array.from({ length: 20 }, (_, trace) => span({ traceId: id(16, trace) }));
  const answer = post(url, exportRequest(...spans)).then((response) => {
    answered = true;
    return response.status;
  });
  await expect.poll(waiting).toBe(2);
  expect(answered).toBe(false);
  open();
  expect(await answer).toBe(200);
});

test('all chunks of a trace go to one partition, under its 16 bytes', async () => {
  const partitions = new Map<string, Set<number>>();
  const append =
    (log: Log): Log['append'] =>
    (topic, partition, records) => {
      for (const { key } of records) {
        const trace = Buffer.from(key ?? []).toString('hex');
        partitions.set(trace, (partitions.get(trace) ?? new Set()).add(partition));
      }
      return log.append(topic, partition, records);
    };
  const { url } = await start({ append });
  for (let repeat = 0; repeat < 3; repeat++) {
    const spans = Array.from({ length: 20 }, (_, trace) => span({ traceId: id(16, trace), spanId: id(8, repeat + 1) }));
    expect((await post(url, exportRequest(...spans))).status).toBe(200);
  }
  expect([...partitions.keys()]).toEqual(expect.arrayContaining([id(16, 3).toString('hex')]));
  expect([...partitions.values()].map((used) => used.size)).toEqual(Array.from({ length: 20 }, () => 1));
  expect(new Set([...partitions.values()].flatMap((used) => [...used])).size).toBe(2);
});

test('an append that fails: 503 and UNAVAILABLE, so that the client sends again, and it works again by itself', async () => {
  let broken = true;
  const { url, grpcPort, gateway } = await start({
    append: (log) => (topic, partition, records) =>
      broken ? Promise.reject(new LogError('The broker is away.', true)) : log.append(topic, partition, records),
  });
  const client = createGrpcClient(grpcPort);
  cleanups.push(() => client.close());
  const response = await post(url);
  expect(response.status).toBe(503);
  expect(await httpStatus(response)).toMatchObject({
    code: 14,
    message: expect.stringContaining('The broker is away.') as string,
  });
  expect(await client.send(request)).toMatchObject({ ok: false, code: 14 });
  expect(gateway.problem()).toBe(null);
  broken = false;
  expect((await post(url)).status).toBe(200);
  expect(gateway.counts()).toEqual({ acceptedSpans: 1 });
});

test('what nobody but a person can mend shows in the readiness, until an append passes', async () => {
  let full = true;
  const { url, gateway } = await start({
    append: (log) => (topic, partition, records) =>
      full ? Promise.reject(new LogError('The disk is full.', false)) : log.append(topic, partition, records),
  });
  expect((await post(url)).status).toBe(503);
  expect(gateway.problem()).toBe('The disk is full.');
  full = false;
  expect((await post(url)).status).toBe(200);
  expect(gateway.problem()).toBe(null);
});

test('under pressure: 429 with Retry-After, RESOURCE_EXHAUSTED with RetryInfo, and nothing once it is over', async () => {
  const { append, open, waiting } = gate();
  const { url, grpcPort, metric } = await start({
    append,
    maxRequestBytes: request.length,
    maxInflightBytes: request.length,
  });
  const client = createGrpcClient(grpcPort);
  cleanups.push(() => client.close());
  const first = post(url);
  await expect.poll(waiting).toBe(1);
  expect(await metric('spanloom_gateway_inflight_bytes')).toBe(request.length);

  const refused = await post(url);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
  expect(await httpStatus(refused)).toMatchObject({ code: 8, retryAfterSeconds: 1 });
  const json = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json' },
  });
  expect(await json.json()).toMatchObject({
    code: 8,
    details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1s' }],
  });
  expect(await client.send(request)).toMatchObject({
    ok: false,
    code: 8,
    details: { code: 8, retryAfterSeconds: 1 },
  });

  open();
  expect((await first).status).toBe(200);
  expect((await post(url)).status).toBe(200);
  expect(await client.send(request)).toMatchObject({ ok: true });
});

test('the process can refuse for reasons of its own', async () => {
  const { url } = await start({ refuseBecause: () => 'Memory is short.' });
  const response = await post(url);
  expect(response.status).toBe(503);
  expect((await httpStatus(response)).message).toBe('Memory is short.');
});

test('stopping answers what is inside and takes no more', async () => {
  const { append, open } = gate();
  const { url, grpcPort, gateway, metric, storedSpans } = await start({ append });
  const client = createGrpcClient(grpcPort);
  cleanups.push(() => client.close());
  const inside = [post(url).then(({ status }) => status), client.send(request).then(({ ok }) => ok)];
  await expect.poll(() => metric('spanloom_gateway_inflight_bytes')).toBe(2 * request.length);
  const stopped = gateway.stop();
  await expect(post(url)).rejects.toThrow();
  open();
  expect(await Promise.all(inside)).toEqual([200, true]);
  await stopped;
  expect(await storedSpans()).toBe(2);
});

test('a log that hangs does not keep the process from stopping', async () => {
  const { append, waiting } = gate();
  const patience: number[] = [];
  const clock: Clock = {
    now: () => 0,
    sleep(ms) {
      patience.push(ms);
      return Promise.resolve();
    },
  };
  const { url, gateway } = await start({ append, clock });
  const cutOff = expect(post(url)).rejects.toThrow();
  await expect.poll(waiting).toBe(1);
  await gateway.stop();
  await cutOff;
  expect(patience).toEqual([3000]);
});

test('limits that contradict each other are refused', async () => {
  await expect(startGateway({ maxRequestBytes: 10, maxInflightBytes: 9 })).rejects.toThrow(/bytes in flight/);
});

test.each(['httpPort', 'grpcPort'] as const)('a taken %s is said plainly', async (which) => {
  const { grpcPort } = await start({});
  await expect(startGateway({ [which]: grpcPort })).rejects.toThrow(`Port ${grpcPort} is in use`);
});
