import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';

import { type Span, SpanKind } from '@spanloom/span';
import { encodeSpans } from '@spanloom/wire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type JaegerSpan, type TraceAnswer, edges, jaegerTrace, tagOf, traceAnswer } from '../harness/answers.ts';
import { exportOverGrpc } from '../harness/grpc.ts';
import { Pipeline, dataDir, freePorts } from '../harness/pipeline.ts';
import { waitFor } from '../harness/wait.ts';
import { Random } from '../load/random.ts';
import { span } from '../load/spans.ts';

const random = new Random(Date.now());

describe('what becomes of spans that no SDK should send', () => {
  let folder: Awaited<ReturnType<typeof dataDir>>;
  let pipeline: Pipeline;

  beforeAll(async () => {
    folder = await dataDir();
    const flags = ['--no-demo', '--settle', '500ms', '--quiet', '2s', '--cut-interval', '200ms'];
    pipeline = await Pipeline.start(folder.path, await freePorts(), flags);
  });
  afterAll(async () => {
    await pipeline.stop();
    await folder.remove();
  });

  /** One server span of a service of its own. */
  const serverSpan = (service: string, change: Partial<Span> = {}): Span => ({
    ...span({ traceId: random.hex(16), spanId: random.hex(8), service, kind: SpanKind.server }),
    ...change,
  });

  async function post(body: Uint8Array, headers: Record<string, string> = {}): Promise<void> {
    const answer = await fetch(`http://127.0.0.1:${pipeline.ports.http}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf', ...headers },
      body,
    });
    expect(answer.status).toBe(200);
    expect(await answer.arrayBuffer()).toHaveProperty('byteLength', 0);
  }

  /** The span as it can be read while its trace is open and once it is stored, and what is said of the trace. */
  async function readBack({ traceId }: Span): Promise<{ span: JaegerSpan; trace: TraceAnswer }> {
    const open = await waitFor(() => jaegerTrace(pipeline, traceId), { withinMs: 5000, what: 'the trace' });
    const trace = await waitFor(
      async () => {
        const answer = await traceAnswer(pipeline, traceId);
        return answer.state === 'stored' ? answer : null;
      },
      { withinMs: 15_000, what: 'the trace in the store' },
    );
    const stored = await jaegerTrace(pipeline, traceId);
    expect(stored).toEqual(open);
    const [only] = stored?.spans ?? [];
    if (only === undefined) throw new Error('the stored trace has no span');
    return { span: only, trace };
  }

  /** Calls of the service that are counted in the last minutes. */
  const callsOf = async (service: string): Promise<number | undefined> =>
    (await edges(pipeline)).edges.find((edge) => edge.server.name === service)?.calls;

  test.each([
    ['plain', false],
    ['gzip', true],
  ])('OTLP over gRPC, %s: acknowledged, read, counted', async (name, gzip) => {
    const sent = serverSpan(`grpc-${name}`, { name: 'GET /grpc' });
    expect(await exportOverGrpc(pipeline.ports.grpc, encodeSpans([sent]), gzip)).toHaveLength(0);
    expect((await readBack(sent)).span.operationName).toBe('GET /grpc');
    expect(await callsOf(`grpc-${name}`)).toBe(1);
  });

  test('bytes that are no request, over gRPC: refused', async () => {
    await expect(exportOverGrpc(pipeline.ports.grpc, Buffer.from([0xff, 0xff]))).rejects.toMatchObject({ code: 3 });
  });

  test('gzip over HTTP', async () => {
    const sent = serverSpan('http-gzip', { name: 'GET /gzip' });
    await post(gzipSync(encodeSpans([sent])), { 'content-encoding': 'gzip' });
    expect((await readBack(sent)).span.operationName).toBe('GET /gzip');
    expect(await callsOf('http-gzip')).toBe(1);
  });

  test('text that is not UTF-8 is shown with U+FFFD', async () => {
    const sent = span({
      traceId: random.hex(16),
      spanId: random.hex(8),
      service: 'latin-1',
      name: 'GET /caf#',
      kind: SpanKind.server,
      attributes: { 'user.name': 'Zo#' },
    });
    const bytes = Buffer.from(encodeSpans([sent]));
    // Only where the text is: a random id may have that byte, too.
    for (const text of ['GET /caf#', 'Zo#']) bytes[bytes.indexOf(text) + text.length - 1] = 0xe9;
    await post(bytes);
    const read = await readBack(sent);
    expect(read.span.operationName).toBe('GET /caf\uFFFD');
    expect(tagOf(read.span, 'user.name')).toBe('Zo\uFFFD');
    expect(await callsOf('latin-1')).toBe(1);
  });

  test('an attribute of 1 MB is kept whole', async () => {
    const text = 'all work and no play makes a dull span. '.repeat(25_000);
    const sent = serverSpan('large', { attributes: [{ key: 'text', value: { type: 'string', value: text } }] });
    await post(encodeSpans([sent]));
    const read = await readBack(sent);
    expect(tagOf(read.span, 'text')).toBe(text);
    expect(read.trace.fragments).toMatchObject([{ truncated: false }]);
    expect(await callsOf('large')).toBe(1);
  });

  test('attributes beyond 1 MB compressed are cut, and the trace says so', async () => {
    const text = randomBytes(1_500_000).toString('base64');
    const sent = serverSpan('noise', {
      attributes: [
        { key: 'noise', value: { type: 'string', value: text } },
        { key: 'http.route', value: { type: 'string', value: '/noise' } },
      ],
    });
    await post(encodeSpans([sent]));
    const read = await readBack(sent);
    const kept = tagOf(read.span, 'noise') ?? '';
    if (typeof kept !== 'string') throw new Error('the noise is no text');
    expect(kept.length).toBeLessThan(text.length);
    expect(tagOf(read.span, 'http.route')).toBe('/noise');
    expect(read.trace.fragments).toMatchObject([{ truncated: true }]);
    expect(await callsOf('noise')).toBe(1);
    expect(await pipeline.metrics()).toMatch(/^spanloom_gateway_truncated_chunks_total 1$/m);
  });

  test('10,000 attributes are kept', async () => {
    const attributes = Array.from({ length: 10_000 }, (_, at) => ({
      key: `key.${at}`,
      value: { type: 'int' as const, value: BigInt(at) },
    }));
    const sent = serverSpan('wide', { attributes });
    await post(encodeSpans([sent]));
    const read = await readBack(sent);
    expect(read.span.tags.filter((tag) => tag.key.startsWith('key.'))).toHaveLength(10_000);
    expect(tagOf(read.span, 'key.9999')).toBe(9999);
    expect(await callsOf('wide')).toBe(1);
  });

  test.each([
    ['of 0', 0n, 0n, 0],
    ['in 1999', 946_600_000_000_000_000n, 946_600_001_000_000_000n, 1000],
    ['in 2222', 7_952_000_000_000_000_000n, 7_952_000_001_000_000_000n, 1000],
    ['at the end of 64 bits', 2n ** 64n - 1n, 2n ** 64n - 1n, 0],
  ])(
    'a time %s: kept as sent, counted in the minute of arrival',
    async (name, startTimeUnixNano, endTimeUnixNano, ms) => {
      const service = `time ${name}`;
      const sent = serverSpan(service, { startTimeUnixNano, endTimeUnixNano });
      await post(encodeSpans([sent]));
      const read = await readBack(sent);
      expect(read.span.startTime).toBe(Number(startTimeUnixNano / 1000n));
      expect(read.span.duration).toBe(ms * 1000);
      expect(read.trace.fragments).toMatchObject([{ timeShifted: true }]);
      expect(await callsOf(service)).toBe(1);
    },
  );

  test('an end before the start: kept, its duration counts as 0', async () => {
    const startTimeUnixNano = BigInt(Date.now()) * 1_000_000n;
    const sent = serverSpan('backwards', { startTimeUnixNano, endTimeUnixNano: startTimeUnixNano - 5_000_000n });
    await post(encodeSpans([sent]));
    expect((await readBack(sent)).span.duration).toBe(0);
    const edge = (await edges(pipeline)).edges.find(({ server }) => server.name === 'backwards');
    expect(edge?.calls).toBe(1);
    // The histogram's lowest bucket: 1 ns.
    expect(edge?.serverDurationMs?.['max']).toBeLessThan(0.000_001);
  });
});
