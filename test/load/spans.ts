import { type Span, SpanKind, StatusCode } from '@spanloom/span';

export interface SpanSketch {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly service: string;
  readonly name?: string;
  readonly kind?: Span['kind'];
  readonly startMs?: number;
  readonly durationMs?: number;
  readonly error?: boolean;
  readonly flags?: number;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** A span from the few things that a test cares about. */
export function span(sketch: SpanSketch): Span {
  const startNs = BigInt(sketch.startMs ?? Date.now()) * 1_000_000n;
  return {
    traceId: sketch.traceId,
    spanId: sketch.spanId,
    parentSpanId: sketch.parentSpanId ?? '',
    traceState: '',
    flags: sketch.flags ?? 0,
    name: sketch.name ?? 'work',
    kind: sketch.kind ?? SpanKind.internal,
    startTimeUnixNano: startNs,
    endTimeUnixNano: startNs + BigInt(Math.round((sketch.durationMs ?? 10) * 1e6)),
    attributes: Object.entries(sketch.attributes ?? {}).map(([key, value]) => ({
      key,
      value: { type: 'string', value },
    })),
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: { code: sketch.error === true ? StatusCode.error : StatusCode.unset, message: '' },
    resource: {
      attributes: [{ key: 'service.name', value: { type: 'string', value: sketch.service } }],
      droppedAttributesCount: 0,
      schemaUrl: '',
    },
    scope: { name: 'test', version: '', attributes: [], droppedAttributesCount: 0, schemaUrl: '' },
  };
}
