import { afterAll, beforeAll, expect, test } from 'vitest';
import { createGrpcClient, partialSuccessOf } from './testing/clients.ts';
import type { GrpcClient } from './testing/clients.ts';
import { startGateway } from './testing/gateway.ts';
import type { TestGateway } from './testing/gateway.ts';
import { exportRequest, id, span } from './testing/otlp.ts';

const maxRequestBytes = 1_000_000;
let gateway: TestGateway;
let client: GrpcClient;
beforeAll(async () => {
  gateway = await startGateway({ maxRequestBytes, maxInflightBytes: 10_000_000 });
  client = createGrpcClient(gateway.grpcPort);
});
afterAll(async () => {
  client.close();
  await gateway.stop();
});

test.each([{ gzip: false }, { gzip: true }])(
  'spans are in the log when OK is answered (gzip: $gzip)',
  async ({ gzip }) => {
    const before = await gateway.storedSpans();
    const answer = await client.send(exportRequest(span(), span({ spanId: id(8, 2) })), { gzip });
    expect(answer).toEqual({ ok: true, response: Buffer.alloc(0) });
    expect(await gateway.storedSpans()).toBe(before + 2);
  },
);

test('spans with unusable ids are refused one by one', async () => {
  const answer = await client.send(exportRequest(span({ traceId: Buffer.alloc(16) }), span()));
  if (!answer.ok) throw new Error(answer.message);
  expect(partialSuccessOf(answer.response)).toEqual({
    rejectedSpans: 1,
    message: expect.stringMatching(/./) as string,
  });
});

test('bytes that are no request: INVALID_ARGUMENT', async () => {
  expect(await client.send(Buffer.from('not protobuf at all'))).toMatchObject({
    ok: false,
    code: 3,
  });
});

test.each([{ gzip: false }, { gzip: true }])(
  'a request beyond the limit: RESOURCE_EXHAUSTED that says not to retry (gzip: $gzip)',
  async ({ gzip }) => {
    expect(await client.send(Buffer.alloc(maxRequestBytes + 1), { gzip })).toMatchObject({
      ok: false,
      code: 8,
      details: null,
    });
  },
);

test('other methods: UNIMPLEMENTED', async () => {
  expect(
    await client.send(Buffer.alloc(0), {
      path: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
    }),
  ).toMatchObject({ ok: false, code: 12 });
});
