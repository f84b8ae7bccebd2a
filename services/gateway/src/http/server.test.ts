import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { partialSuccessOf, statusOf } from '../testing/clients.ts';
import { startGateway } from '../testing/gateway.ts';
import type { TestGateway } from '../testing/gateway.ts';
import { attribute, exportRequest, id, message, span } from '../testing/otlp.ts';

const maxRequestBytes = 2_000_000;
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({ maxRequestBytes, maxInflightBytes: 10_000_000 });
});
afterAll(() => gateway.stop());

const protobuf = 'application/x-protobuf';
const json = 'application/json';

function post(body: string | Uint8Array, headers: Record<string, string>, path = '/v1/traces'): Promise<Response> {
  return fetch(`${gateway.url}${path}`, { method: 'POST', body, headers });
}

async function bytesOf(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer());
}

const jsonSpan = {
  traceId: '5b8efff798038103d269b633813fc60c',
  spanId: 'eee19b7ec3c1b174',
  name: 'GET /cart',
  kind: 2,
  startTimeUnixNano: '1790000000000000000',
  endTimeUnixNano: '1790000000005000000',
};
const jsonRequest = (...spans: readonly object[]): string =>
  JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });

test('spans in protobuf are in the log when 200 is answered with an empty message', async () => {
  const before = await gateway.storedSpans();
  const response = await post(exportRequest(span(), span({ spanId: id(8, 2) })), {
    'content-type': protobuf,
  });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe(protobuf);
  expect((await bytesOf(response)).length).toBe(0);
  expect(await gateway.storedSpans()).toBe(before + 2);
});

test('spans in JSON, whatever the parameters of the content type', async () => {
  const before = await gateway.storedSpans();
  const response = await post(jsonRequest(jsonSpan), {
    'content-type': 'Application/JSON; charset=utf-8',
  });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe(json);
  expect(await response.json()).toEqual({ partialSuccess: {} });
  expect(await gateway.storedSpans()).toBe(before + 1);
});

test('gzip, and a body sent in pieces without its length', async () => {
  const before = await gateway.storedSpans();
  const zipped = await post(gzipSync(exportRequest(span())), {
    'content-type': protobuf,
    'content-encoding': 'gzip',
  });
  expect(zipped.status).toBe(200);
  const request = exportRequest(span({ spanId: id(8, 2) }));
  const pieces = new ReadableStream({
    start(controller) {
      controller.enqueue(request.subarray(0, 10));
      controller.enqueue(request.subarray(10));
      controller.close();
    },
  });
  const streamed = await fetch(`${gateway.url}/v1/traces`, {
    method: 'POST',
    body: pieces,
    headers: { 'content-type': protobuf },
    duplex: 'half',
  });
  expect(streamed.status).toBe(200);
  expect(await gateway.storedSpans()).toBe(before + 2);
});

test('a request without spans is fine', async () => {
  expect((await post(Buffer.alloc(0), { 'content-type': protobuf })).status).toBe(200);
  expect((await post('{}', { 'content-type': json })).status).toBe(200);
});

test('bytes that are no request: 400 and a Status in the format of the request', async () => {
  const binary = await post(Buffer.from('not protobuf at all'), { 'content-type': protobuf });
  expect(binary.status).toBe(400);
  expect(binary.headers.get('content-type')).toBe(protobuf);
  const status = statusOf(await bytesOf(binary));
  expect(status.code).toBe(3);
  expect(status.message).not.toBe('');

  const text = await post('{"resourceSpans": [', { 'content-type': json });
  expect(text.status).toBe(400);
  expect(text.headers.get('content-type')).toBe(json);
  expect(await text.json()).toEqual({ code: 3, message: expect.stringMatching(/./) as string });
});

test('an id in JSON that is not hexadecimal: 400 that says where', async () => {
  const response = await post(jsonRequest(jsonSpan, { ...jsonSpan, spanId: 'not hexadecimal!' }), {
    'content-type': json,
  });
  expect(response.status).toBe(400);
  const { message: text } = (await response.json()) as { message: string };
  expect(text).toContain('resourceSpans[0].scopeSpans[0].spans[1].spanId');
});

test('other content types, encodings, methods and paths', async () => {
  const plain = await post('spans', { 'content-type': 'text/plain' });
  expect([plain.status, plain.headers.get('content-type')]).toEqual([415, 'text/plain; charset=utf-8']);
  expect(await plain.text()).toContain('application/json, application/x-protobuf');
  const zstd = await post('spans', { 'content-type': protobuf, 'content-encoding': 'zstd' });
  expect([zstd.status, await zstd.text()]).toEqual([
    415,
    '415 unsupported content encoding, supported: [gzip, identity]',
  ]);
  const get = await fetch(`${gateway.url}/v1/traces`);
  expect([get.status, get.headers.get('allow'), await get.text()]).toEqual([
    405,
    'POST',
    '405 method not allowed, supported: [POST]',
  ]);
  expect((await post('', { 'content-type': protobuf }, '/v1/metrics')).status).toBe(404);
});

test('a body beyond the limit: 413, whether its length is announced or not', async () => {
  const large = Buffer.alloc(maxRequestBytes + 1);
  const announced = await post(large, { 'content-type': protobuf });
  expect(announced.status).toBe(413);
  expect(statusOf(await bytesOf(announced)).message).toContain(String(maxRequestBytes));
  const streamed = await fetch(`${gateway.url}/v1/traces`, {
    method: 'POST',
    body: new Blob([large]).stream(),
    headers: { 'content-type': json },
    duplex: 'half',
  });
  expect(streamed.status).toBe(413);
  expect(await streamed.json()).toMatchObject({ code: 8 });
});

test('a gzip bomb is stopped at the limit, and broken gzip is 400', async () => {
  const headers = { 'content-type': protobuf, 'content-encoding': 'gzip' };
  const member = gzipSync(Buffer.alloc(10_000_000));
  const bomb = Buffer.concat(Array.from({ length: 50 }, () => member));
  expect(bomb.length).toBeLessThan(maxRequestBytes);
  const rssBefore = process.memoryUsage().rss;
  expect((await post(bomb, headers)).status).toBe(413);
  expect(process.memoryUsage().rss - rssBefore).toBeLessThan(100_000_000);
  const broken = await post(Buffer.from('no gzip'), headers);
  expect([broken.status, statusOf(await bytesOf(broken)).code]).toEqual([400, 3]);
  expect((await post(gzipSync(exportRequest(span())).subarray(0, 40), headers)).status).toBe(400);
});

test('spans with unusable ids are refused one by one, the others stored', async () => {
  const before = await gateway.storedSpans();
  const request = exportRequest(
    span({ traceId: id(16, 1).subarray(1) }),
    span({ traceId: Buffer.alloc(16) }),
    span({ spanId: Buffer.alloc(8) }),
    span({ spanId: Buffer.alloc(0) }),
    span({ spanId: id(8, 7) }),
  );
  const binary = await post(request, { 'content-type': protobuf });
  expect(binary.status).toBe(200);
  const partial = partialSuccessOf(await bytesOf(binary));
  expect(partial.rejectedSpans).toBe(4);
  expect(partial.message).not.toBe('');
  expect(await gateway.storedSpans()).toBe(before + 1);

  const text = await post(jsonRequest(jsonSpan, { ...jsonSpan, spanId: '0000000000000000' }), {
    'content-type': json,
  });
  expect(await text.json()).toEqual({
    partialSuccess: { rejectedSpans: '1', errorMessage: expect.stringMatching(/./) as string },
  });
});

const oddSpans: readonly (readonly [string, Buffer])[] = [
  ['times of 0', span({ startNs: 0n, endNs: 0n })],
  ['an end before the start', span({ startNs: 1_790_000_000_000_000_000n, endNs: 1n })],
  ['the largest times', span({ startNs: 2n ** 64n - 1n, endNs: 2n ** 64n - 1n })],
  ['10,000 attributes', span({ attributes: Array.from({ length: 10_000 }, (_, i) => attribute(`key ${i}`, 'value')) })],
  ['an attribute of 1 MB', span({ attributes: [attribute('sql', 'x'.repeat(1_000_000))] })],
  [
    'a name and an attribute that are not UTF-8',
    span({
      name: Buffer.from([0xff, 0xfe]),
      attributes: [attribute('k', Buffer.from([0xc3, 0x28]))],
    }),
  ],
  ['a field that OTLP does not know yet', Buffer.concat([span(), message([9999, 'from the future'])])],
];
test.each(oddSpans)('a span with %s is stored', async (_, odd) => {
  const before = await gateway.storedSpans();
  const response = await post(exportRequest(odd), { 'content-type': protobuf });
  expect([response.status, (await bytesOf(response)).length]).toEqual([200, 0]);
  expect(await gateway.storedSpans()).toBe(before + 1);
});

test('a client that goes away in mid-body leaves nothing behind', async () => {
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
  socket.write(
    `POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: ${protobuf}\r\ncontent-length: 1000000\r\n\r\nabc`,
  );
  await expect.poll(() => gateway.metric('spanloom_gateway_inflight_bytes')).toBe(1_000_000);
  socket.destroy();
  await expect.poll(() => gateway.metric('spanloom_gateway_inflight_bytes')).toBe(0);
  expect((await post(exportRequest(span()), { 'content-type': protobuf })).status).toBe(200);
});
