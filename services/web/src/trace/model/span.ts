import { attributeText, type OtlpResourceSpans, type OtlpScopeSpans, type OtlpSpan, type OtlpTraces } from './otlp.ts';

export const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
export type Kind = (typeof kinds)[number];

/** A span as the page shows it. Times are milliseconds after {@link Spans.startMs}. */
export interface TraceSpan {
  /** Its id, with its kind behind it where another span has the same one. Names it in the URL. */
  readonly key: string;
  readonly id: string;
  readonly parentId: string;
  readonly name: string;
  readonly kind: Kind;
  /** Its name. */
  readonly service: string;
  readonly namespace: string;
  readonly environment: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly error: boolean;
  /** How long after the first part of the trace that of this span was finished; null where it was not late. */
  readonly lateByMs: number | null;
  readonly otlp: OtlpSpan;
  readonly resource: NonNullable<OtlpResourceSpans['resource']>;
  readonly scope: NonNullable<OtlpScopeSpans['scope']>;
}

export interface Spans {
  readonly traceId: string;
  /** Of the span that started first: whole milliseconds since 1970. */
  readonly startMs: number;
  readonly spans: readonly TraceSpan[];
}

/** The spans of one trace, `lateness` in their order. Of two with the same id and kind the first counts. */
export function spansOf(traces: OtlpTraces, lateness: readonly (number | null)[] = []): Spans {
  const raw = [...rawSpans(traces)];
  let firstMs = Number.POSITIVE_INFINITY;
  for (const { otlp } of raw) firstMs = Math.min(firstMs, wholeMs(otlp.startTimeUnixNano));
  const startMs = Number.isFinite(firstMs) ? firstMs : 0;
  const kindsById = new Map<string, Kind[]>();
  const spans: TraceSpan[] = [];
  for (const [at, { otlp, resource, scope, sender }] of raw.entries()) {
    const id = otlp.spanId ?? '';
    const kind = kindOf(otlp.kind);
    const others = kindsById.get(id);
    if (others?.includes(kind) === true) continue;
    if (others === undefined) kindsById.set(id, [kind]);
    else others.push(kind);
    const from = sinceMs(otlp.startTimeUnixNano, startMs);
    spans.push({
      key: others === undefined ? id : `${id}.${kind}`,
      id,
      parentId: emptyIfZero(otlp.parentSpanId ?? ''),
      name: otlp.name ?? '',
      kind,
      ...sender,
      startMs: from,
      durationMs: Math.max(0, sinceMs(otlp.endTimeUnixNano, startMs) - from),
      error: otlp.status?.code === 2 || otlp.status?.code === 'STATUS_CODE_ERROR',
      lateByMs: lateness[at] ?? null,
      otlp,
      resource,
      scope,
    });
  }
  return { traceId: raw[0]?.otlp.traceId ?? '', startMs, spans };
}

function* rawSpans(traces: OtlpTraces) {
  for (const { resource = {}, scopeSpans = [] } of traces.resourceSpans ?? []) {
    const text = (key: string) => attributeText(resource.attributes, key);
    const sender = {
      service: text('service.name') ?? '',
      namespace: text('service.namespace') ?? '',
      environment: text('deployment.environment.name') ?? text('deployment.environment') ?? '',
    };
    for (const { scope = {}, spans = [] } of scopeSpans) {
      for (const otlp of spans) yield { otlp, resource, scope, sender };
    }
  }
}

/** Numbers, or names such as `SPAN_KIND_SERVER`, which some write into files. */
function kindOf(kind: number | string | undefined): Kind {
  if (typeof kind === 'string')
    return kinds.find((name) => kind === `SPAN_KIND_${name.toUpperCase()}`) ?? 'unspecified';
  return kinds[kind ?? 0] ?? 'unspecified';
}

function emptyIfZero(id: string): string {
  return /^0*$/.test(id) ? '' : id;
}

/** Nanoseconds as text have more digits than a number holds: the milliseconds, and what is beyond them, apart. */
function wholeMs(nanos: string | number | undefined): number {
  return Number(String(nanos ?? 0).slice(0, -6));
}

export function sinceMs(nanos: string | number | undefined, startMs: number): number {
  const text = String(nanos ?? 0);
  return Number(text.slice(0, -6)) - startMs + Number(text.slice(-6)) / 1e6;
}
