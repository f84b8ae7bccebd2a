import { SpanKind, type Span, type SpanId } from '@spanloom/span';

/**
 * Zipkin lets client and server share one span id. As Jaeger does, the server span gets an id of its
 * own, becomes the client's child, and the children of that id follow it.
 */
export function spreadSharedIds(spans: readonly Span[]): readonly Span[] {
  const clients = new Set<SpanId>();
  for (const span of spans) if (span.kind === SpanKind.client) clients.add(span.spanId);
  const moved = new Map<SpanId, SpanId>();
  const nextId = unusedIds(spans);
  for (const span of spans) {
    if (span.kind !== SpanKind.server || !clients.has(span.spanId) || moved.has(span.spanId)) continue;
    moved.set(span.spanId, nextId());
  }
  if (moved.size === 0) return spans;
  return spans.map((span) => {
    const ownNewId = moved.get(span.spanId);
    if (ownNewId !== undefined && span.kind === SpanKind.server) {
      return { ...span, spanId: ownNewId, parentSpanId: span.spanId };
    }
    const parentNewId = span.parentSpanId === span.spanId ? undefined : moved.get(span.parentSpanId);
    return parentNewId === undefined ? span : { ...span, parentSpanId: parentNewId };
  });
}

/** 1, 2, 3 …, but for those that a span of the trace has. */
function unusedIds(spans: readonly Span[]): () => SpanId {
  const used = new Set<SpanId>(spans.map((span) => span.spanId));
  let last = 0;
  return () => {
    for (;;) {
      last += 1;
      const id = last.toString(16).padStart(16, '0');
      if (!used.has(id)) return id;
    }
  };
}
