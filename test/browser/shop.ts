import { type Span, SpanKind } from '@spanloom/span';

import { Random } from '../load/random.ts';
import { span } from '../load/spans.ts';
import { makeTrace } from '../load/traces.ts';
import type { App } from './app.ts';

/** Markup that would run if a page took names of spans for anything but text. */
export const hostile = '<img src=x onerror="document.title=\'taken\';alert(1)">';

export interface Shop {
  /** Whole traces of a small system, oldest first. */
  readonly wholeIds: readonly string[];
  /** A trace with an error and a parent that never came. */
  readonly brokenId: string;
  readonly lostSpanId: string;
  /** A trace whose service and span are named like {@link hostile}. */
  readonly hostileId: string;
}

/** Sends traces of a small system, the last of them begun a moment ago, and waits until all are stored. */
export async function sendShop(app: App, { wholes = 12 }: { readonly wholes?: number } = {}): Promise<Shop> {
  const random = new Random(7);
  const traces = Array.from({ length: wholes }, (_, at) =>
    makeTrace(random, { startMs: Date.now() - 3000 - (wholes - at) * 400 }),
  );
  const [brokenId, lostSpanId, hostileId] = [random.hex(16), random.hex(8), random.hex(16)];
  const broken: readonly Span[] = [
    span({
      traceId: brokenId,
      spanId: random.hex(8),
      service: 'frontend',
      name: 'GET /broken',
      kind: SpanKind.server,
      startMs: Date.now() - 2000,
      durationMs: 80,
    }),
    span({
      traceId: brokenId,
      spanId: random.hex(8),
      parentSpanId: lostSpanId,
      service: 'checkout',
      name: 'orphan',
      startMs: Date.now() - 1990,
      durationMs: 30,
      error: true,
    }),
  ];
  const odd = span({
    traceId: hostileId,
    spanId: random.hex(8),
    service: hostile,
    name: hostile,
    kind: SpanKind.server,
    startMs: Date.now() - 1000,
    attributes: { [hostile]: hostile },
  });
  await app.send([...traces.flatMap(({ batches }) => batches.flat()), ...broken, odd]);
  for (const { traceId, spans } of traces) await app.stored(traceId, spans);
  await app.stored(brokenId, broken.length);
  await app.stored(hostileId, 1);
  return { wholeIds: traces.map(({ traceId }) => traceId), brokenId, lostSpanId, hostileId };
}
