import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { edges, jaegerTrace } from '../harness/answers.ts';
import { Pipeline, dataDir, freePorts } from '../harness/pipeline.ts';
import { waitFor } from '../harness/wait.ts';
import { Random } from '../load/random.ts';

const settleMs = 6000;
const random = new Random(Date.now());

/** An OTLP/JSON request as the README sends it with curl. */
function request(traceId: string): unknown {
  const nowNs = BigInt(Date.now()) * 1_000_000n;
  const span = (
    spanId: string,
    parentSpanId: string,
    name: string,
    kind: number,
    fromMs: number,
    toMs: number,
  ): unknown => ({
    traceId,
    spanId,
    parentSpanId,
    name,
    kind,
    startTimeUnixNano: String(nowNs + BigInt(fromMs) * 1_000_000n),
    endTimeUnixNano: String(nowNs + BigInt(toMs) * 1_000_000n),
  });
  const resource = (service: string, spans: unknown[]): unknown => ({
    resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
    scopeSpans: [{ spans }],
  });
  return {
    resourceSpans: [
      resource('shop', [
        span('00000000000000a1', '', 'GET /checkout', 2, 0, 90),
        span('00000000000000a2', '00000000000000a1', 'POST', 3, 10, 80),
      ]),
      resource('payment', [span('00000000000000b1', '00000000000000a2', 'POST /charge', 2, 15, 75)]),
    ],
  };
}

describe('a first trace, sent as OTLP JSON', () => {
  let folder: Awaited<ReturnType<typeof dataDir>>;
  let pipeline: Pipeline;
  const traceId = random.hex(16);

  beforeAll(async () => {
    folder = await dataDir();
    pipeline = await Pipeline.start(folder.path, await freePorts());
  });
  afterAll(async () => {
    await pipeline.stop();
    await folder.remove();
  });

  test('is at /api/traces/{id} within 2 s, whole, and its edges within settle + 4 s', async () => {
    const answer = await fetch(`http://127.0.0.1:${pipeline.ports.http}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request(traceId)),
    });
    expect(answer.status).toBe(200);
    const sentAt = Date.now();

    const trace = await waitFor(() => jaegerTrace(pipeline, traceId), { withinMs: 2000, what: 'the trace' });
    expect(trace.spans.map((span) => span.operationName).toSorted()).toEqual(['GET /checkout', 'POST', 'POST /charge']);

    const found = await waitFor(
      async () => {
        const answered = await edges(pipeline);
        return answered.edges.length === 2 ? answered : null;
      },
      { withinMs: settleMs + 4000 - (Date.now() - sentAt), what: 'both edges' },
    );
    const call = found.edges.find((edge) => edge.kind === 'rpc');
    expect(call).toMatchObject({
      client: { environment: '', namespace: '', name: 'shop' },
      server: { environment: '', namespace: '', name: 'payment' },
      calls: 1,
      sampledCalls: 1,
      clientErrors: 0,
      serverErrors: 0,
      unpaired: 0,
    });
    // 70 ms and 60 ms, within 1.1 %.
    expect(call?.clientDurationMs?.['p50']).toBeGreaterThan(69.2);
    expect(call?.clientDurationMs?.['p50']).toBeLessThan(70.8);
    expect(call?.serverDurationMs?.['p99']).toBeGreaterThan(59.3);
    expect(call?.serverDurationMs?.['p99']).toBeLessThan(60.7);
    expect(found.edges.find((edge) => edge.kind === 'entry')).toMatchObject({ client: null, calls: 1 });
  });

  test('is still there after a restart', async () => {
    const { ports } = pipeline;
    expect(await pipeline.stop()).toBe(0);
    pipeline = await Pipeline.start(folder.path, ports);
    expect((await jaegerTrace(pipeline, traceId))?.spans).toHaveLength(3);
    expect((await edges(pipeline)).edges).toHaveLength(2);
  });
});
