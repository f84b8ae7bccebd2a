import type { OtlpTraces } from '../model/otlp.ts';

export interface SpanSketch {
  readonly id: string;
  readonly parent?: string;
  readonly service?: string;
  readonly name?: string;
  readonly kind?: number;
  readonly startMs: number;
  readonly durationMs: number;
  readonly error?: boolean;
  readonly attributes?: Readonly<Record<string, string>>;
}

const baseMs = 1_790_000_000_000n;

/** A trace from the few things that a test cares about, as the API would answer it. */
export function otlpOf(sketches: readonly SpanSketch[], traceId = 'ab'.repeat(16)): OtlpTraces {
  const nanos = (ms: number) => String(baseMs * 1_000_000n + BigInt(Math.round(ms * 1e6)));
  return {
    resourceSpans: sketches.map((sketch) => ({
      resource: { attributes: [{ key: 'service.name', value: { stringValue: sketch.service ?? 'shop' } }] },
      scopeSpans: [
        {
          scope: { name: 'test' },
          spans: [
            {
              traceId,
              spanId: sketch.id,
              ...(sketch.parent === undefined ? {} : { parentSpanId: sketch.parent }),
              name: sketch.name ?? `work ${sketch.id}`,
              kind: sketch.kind ?? 1,
              startTimeUnixNano: nanos(sketch.startMs),
              endTimeUnixNano: nanos(sketch.startMs + sketch.durationMs),
              attributes: Object.entries(sketch.attributes ?? {}).map(([key, value]) => ({
                key,
                value: { stringValue: value },
              })),
              status: sketch.error === true ? { code: 2 } : {},
            },
          ],
        },
      ],
    })),
  };
}
