import { SpanKind } from '@spanloom/span';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type TraceAnswer, edges, jaegerTrace, traceAnswer } from '../harness/answers.ts';
import { Pipeline, dataDir, freePorts } from '../harness/pipeline.ts';
import { waitFor } from '../harness/wait.ts';
import { send } from '../load/client.ts';
import { Random } from '../load/random.ts';
import { span } from '../load/spans.ts';

const random = new Random(Date.now());

describe('whether a trace is whole', () => {
  let folder: Awaited<ReturnType<typeof dataDir>>;
  let pipeline: Pipeline;

  beforeAll(async () => {
    folder = await dataDir();
    pipeline = await Pipeline.start(folder.path, await freePorts(), ['--no-demo', '--settle', '1s', '--quiet', '2s']);
  });
  afterAll(async () => {
    await pipeline.stop();
    await folder.remove();
  });

  const stored = (traceId: string, fragments = 1): Promise<TraceAnswer> =>
    waitFor(
      async () => {
        const answer = await traceAnswer(pipeline, traceId);
        return answer.state === 'stored' && answer.fragments.length === fragments ? answer : null;
      },
      { withinMs: 15_000, what: `${fragments} stored fragments of ${traceId}` },
    );

  const callsOf = async (client: string | null, server: string): Promise<number | undefined> =>
    (await edges(pipeline)).edges.find((edge) => (edge.client?.name ?? null) === client && edge.server.name === server)
      ?.calls;

  test('a root that is never exported: complete, remote root', async () => {
    const traceId = random.hex(16);
    const caller = random.hex(8);
    const handler = random.hex(8);
    await send(pipeline.ports.http, [
      span({ traceId, spanId: handler, parentSpanId: caller, service: 'lambda', kind: SpanKind.server }),
      span({ traceId, spanId: random.hex(8), parentSpanId: handler, service: 'lambda' }),
    ]);
    const answer = await stored(traceId);
    expect(answer).toMatchObject({ complete: true, remoteRoot: true, roots: 0 });
    expect(answer.fragments[0]?.reason).toBe('complete');
  });

  test('a span lost in the middle: incomplete, and the missing parent named', async () => {
    const traceId = random.hex(16);
    const lost = random.hex(8);
    await send(pipeline.ports.http, [
      span({ traceId, spanId: random.hex(8), service: 'front', kind: SpanKind.server }),
      span({ traceId, spanId: random.hex(8), parentSpanId: lost, service: 'front' }),
    ]);
    const answer = await stored(traceId);
    expect(answer).toMatchObject({ complete: false, remoteRoot: false, roots: 1, missingParents: [lost] });
    expect(answer.fragments[0]?.reason).toBe('quiet');
  });

  test('a late span joins its trace, and turns the half call into one whole call', async () => {
    const traceId = random.hex(16);
    const root = random.hex(8);
    const client = random.hex(8);
    await send(pipeline.ports.http, [
      span({ traceId, spanId: root, service: 'late-front', kind: SpanKind.server }),
      span({
        traceId,
        spanId: client,
        parentSpanId: root,
        service: 'late-front',
        kind: SpanKind.client,
        attributes: { 'server.address': 'late-back.test' },
      }),
    ]);
    await stored(traceId);
    expect(await callsOf('late-front', 'late-back.test')).toBe(1);

    await send(pipeline.ports.http, [
      span({ traceId, spanId: random.hex(8), parentSpanId: client, service: 'late-back', kind: SpanKind.server }),
    ]);
    const mended = await stored(traceId, 2);
    expect(mended.complete).toBe(true);
    expect(mended.fragments[1]?.late).toBe(true);
    expect((await jaegerTrace(pipeline, traceId))?.spans).toHaveLength(3);
    expect(await callsOf('late-front', 'late-back')).toBe(1);
    expect(await callsOf('late-front', 'late-back.test')).toBeUndefined();
    expect(await callsOf(null, 'late-front')).toBe(1);
    expect(await callsOf(null, 'late-back')).toBeUndefined();
  });

  test('a request delivered twice, at once and after the trace closed: nothing counts twice', async () => {
    const traceId = random.hex(16);
    const root = random.hex(8);
    const client = random.hex(8);
    const spans = [
      span({ traceId, spanId: root, service: 'twice-front', kind: SpanKind.server }),
      span({ traceId, spanId: client, parentSpanId: root, service: 'twice-front', kind: SpanKind.client }),
      span({ traceId, spanId: random.hex(8), parentSpanId: client, service: 'twice-back', kind: SpanKind.server }),
    ];
    await send(pipeline.ports.http, spans);
    await send(pipeline.ports.http, spans);
    expect((await stored(traceId)).spanCount).toBe(3);
    await send(pipeline.ports.http, spans);
    const again = await stored(traceId, 2);
    expect(again.spanCount).toBe(3);
    expect(again.fragments.map((fragment) => fragment.spanCount)).toEqual([3, 0]);

    expect((await jaegerTrace(pipeline, traceId))?.spans).toHaveLength(3);
    expect(await callsOf('twice-front', 'twice-back')).toBe(1);
    expect(await callsOf(null, 'twice-front')).toBe(1);
    expect(await pipeline.metrics()).toMatch(/spanloom_sink_duplicate_spans_total 6$/m);
  });

  test('an acknowledged span can be read within 2 s, long before its trace closes', async () => {
    const traceId = random.hex(16);
    await send(pipeline.ports.http, [
      span({ traceId, spanId: random.hex(8), parentSpanId: random.hex(8), service: 'open' }),
    ]);
    const trace = await waitFor(() => jaegerTrace(pipeline, traceId), { withinMs: 2000, what: 'the open trace' });
    expect(trace.spans).toHaveLength(1);
    expect((await traceAnswer(pipeline, traceId)).state).toBe('open');
  });
});
