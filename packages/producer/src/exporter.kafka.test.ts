import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { KafkaConfig } from 'kafkajs';
import type { SharedKafka } from '@spanloom/engines';
import { afterEach, expect, inject, test } from 'vitest';
import { createKafkaSpanExporter } from './exporter.ts';
import { openProxy } from './testing/proxy.ts';
import { makeTopic } from './testing/topic.ts';
import type { SpansTopic } from './testing/topic.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function topicOn(brokers: readonly string[]): Promise<SpansTopic> {
  const topic = await makeTopic(brokers);
  cleanups.push(() => topic.discard());
  return topic;
}

interface Place extends Pick<SpansTopic, 'brokers' | 'prefix'>, Pick<KafkaConfig, 'socketFactory'> {}

function exporterTo({ brokers, prefix, ...kafka }: Place, timeoutMs = 20_000) {
  const inner = createKafkaSpanExporter({ kafka: { brokers: [...brokers], ...kafka }, prefix, timeoutMs });
  cleanups.push(() => inner.shutdown());
  const results: ExportResult[] = [];
  const exporter: SpanExporter = {
    export: (spans, done) =>
      inner.export(spans, (result) => {
        results.push(result);
        done(result);
      }),
    shutdown: () => inner.shutdown(),
    forceFlush: () => inner.forceFlush?.() ?? Promise.resolve(),
  };
  return { exporter, results };
}

/** Of all tests: topics are our own. */
function sharedBrokers(): readonly string[] {
  const { brokers }: SharedKafka = inject('kafka');
  return brokers;
}

const resource = resourceFromAttributes({ 'service.name': 'checkout', 'service.version': '1.2.3' });

/** A call to the shop: three spans, the last of them failed. */
function trace3(provider: BasicTracerProvider, n: number): string {
  const tracer = provider.getTracer('shop', '2.0.0');
  const root = tracer.startSpan('GET /cart', { kind: SpanKind.SERVER, attributes: { n } }, ROOT_CONTEXT);
  const inside = trace.setSpan(ROOT_CONTEXT, root);
  const price = tracer.startSpan('price', { attributes: { currencies: ['EUR', 'CHF'], ratio: 0.5 } }, inside);
  const failed = tracer.startSpan(
    'SELECT',
    { kind: SpanKind.CLIENT, links: [{ context: root.spanContext() }] },
    inside,
  );
  failed.addEvent('retry', { attempt: 2 });
  failed.setStatus({ code: SpanStatusCode.ERROR, message: 'deadlock' });
  failed.end();
  price.end();
  root.end();
  return root.spanContext().traceId;
}

test('a real SDK: every span is in spans once, under its trace, in its partition, as it was recorded', async () => {
  const topic = await topicOn(sharedBrokers());
  const { exporter, results } = exporterTo({ brokers: topic.brokers, prefix: topic.prefix });
  const provider = new BasicTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(exporter)] });
  const traceIds = Array.from({ length: 400 }, (_, n) => trace3(provider, n));
  await provider.forceFlush();
  expect(results.length).toBeGreaterThan(1);
  expect(results.map(({ code }) => code)).toEqual(results.map(() => ExportResultCode.SUCCESS));

  const chunks = await topic.chunks();
  const spans = chunks.flatMap((chunk) => chunk.spans);
  expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(1200);
  expect(spans.length).toBe(1200);
  expect(new Set(chunks.map(({ traceId }) => traceId))).toEqual(new Set(traceIds));
  expect(new Set(chunks.map(({ compression }) => compression))).toContain('lz4');
  const failed = spans.find(({ name, traceId }) => name === 'SELECT' && traceId === traceIds[7]);
  const root = spans.find(({ name, traceId }) => name === 'GET /cart' && traceId === traceIds[7]);
  expect(root?.attributes).toEqual([{ key: 'n', value: { type: 'int', value: 7n } }]);
  expect(failed).toMatchObject({
    parentSpanId: root?.spanId,
    kind: 3,
    status: { code: 2, message: 'deadlock' },
    events: [{ name: 'retry', attributes: [{ key: 'attempt', value: { type: 'int', value: 2n } }] }],
    links: [{ traceId: traceIds[7], spanId: root?.spanId }],
    scope: { name: 'shop', version: '2.0.0' },
  });
  expect(failed?.resource.attributes).toContainEqual({
    key: 'service.version',
    value: { type: 'string', value: '1.2.3' },
  });
  await provider.shutdown();
});

test('many exports at once, and shutdown waits for all of them', async () => {
  const topic = await topicOn(sharedBrokers());
  const { exporter, results } = exporterTo({ brokers: topic.brokers, prefix: topic.prefix });
  const provider = new BasicTracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor(exporter)] });
  for (let n = 0; n < 50; n++) trace3(provider, n);
  await provider.shutdown();
  expect(results.map(({ code }) => code)).toEqual(Array.from({ length: 150 }, () => ExportResultCode.SUCCESS));
  expect((await topic.chunks()).length).toBe(150);
  const late = await new Promise<ExportResult>((resolve) => exporter.export([], resolve));
  expect(late.code).toBe(ExportResultCode.FAILED);
});

test('answers are lost, then the broker is away: success is told only when it has the spans', async () => {
  const topic = await topicOn(sharedBrokers());
  const proxy = await openProxy(topic.brokers[0] ?? '');
  cleanups.push(async () => proxy.close());
  const { exporter, results } = exporterTo({
    brokers: topic.brokers,
    prefix: topic.prefix,
    socketFactory: proxy.socketFactory,
  });
  const processor = new BatchSpanProcessor(exporter, { scheduledDelayMillis: 1_000_000 });
  const provider = new BasicTracerProvider({ resource, spanProcessors: [processor] });
  const traceIds: string[] = [];
  const flush = (n: number): Promise<void> => {
    traceIds.push(trace3(provider, n));
    return provider.forceFlush();
  };
  await flush(0);

  proxy.set('deaf');
  const unanswered = flush(1);
  await expect.poll(() => topic.records(), { timeout: 20_000 }).toBe(2);
  expect(results.length).toBe(1);
  proxy.set('up');
  await unanswered;

  proxy.set('down');
  const away = flush(2);
  await expect.poll(() => proxy.refused(), { timeout: 20_000 }).toBeGreaterThan(1);
  expect(results.length).toBe(2);
  proxy.set('up');
  await away;

  expect(results.map(({ code }) => code)).toEqual([0, 0, 0]);
  const chunks = await topic.chunks();
  expect([...new Set(chunks.map(({ traceId }) => traceId))].toSorted()).toEqual(traceIds.toSorted());
  // A repeat carries the ids of the first.
  expect(new Set(chunks.flatMap(({ spans }) => spans.map(({ spanId }) => spanId))).size).toBe(9);
  await provider.shutdown();
});

test('no such topic, no such broker: the export fails in its time, and says why', async () => {
  const places = [
    [{ brokers: sharedBrokers(), prefix: 'nowhere_' }, 'There is no topic nowhere_spans'],
    [{ brokers: ['127.0.0.1:1'], prefix: '' }, 'ECONNREFUSED'],
  ] as const;
  for (const [place, reason] of places) {
    const { exporter, results } = exporterTo(place, 1500);
    const provider = new BasicTracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor(exporter)] });
    provider.getTracer('shop').startSpan('lost').end();
    await provider.forceFlush().catch(() => undefined);
    expect(results[0]?.code).toBe(ExportResultCode.FAILED);
    expect(results[0]?.error?.message).toContain(reason);
    await provider.shutdown();
  }
});
