/** The legacy JSON of Jaeger's query service, as Jaeger UI and Grafana read it. */
import { SpanKind, StatusCode, type Resource, type Span, type SpanEvent } from '@spanloom/span';
import { jaegerTraceId } from './ids.ts';
import { spreadSharedIds } from './shared-ids.ts';
import { stringTag, toTag, type JaegerTag } from './tags.ts';

export interface JaegerReference {
  readonly refType: 'CHILD_OF' | 'FOLLOWS_FROM';
  readonly traceID: string;
  readonly spanID: string;
}

export interface JaegerSpan {
  readonly traceID: string;
  readonly spanID: string;
  readonly operationName: string;
  readonly references: readonly JaegerReference[];
  /** Unix microseconds, rounded down. */
  readonly startTime: number;
  /** Microseconds, rounded down. */
  readonly duration: number;
  readonly tags: readonly JaegerTag[];
  readonly logs: readonly { readonly timestamp: number; readonly fields: readonly JaegerTag[] }[];
  readonly processID: string;
  readonly warnings: readonly string[] | null;
}

export interface JaegerTrace {
  readonly traceID: string;
  readonly spans: readonly JaegerSpan[];
  readonly processes: Readonly<Record<string, { readonly serviceName: string; readonly tags: readonly JaegerTag[] }>>;
  readonly warnings: null;
}

/**
 * One trace, its spans in the order given, which must not be empty. `raw` keeps ids that a client
 * and a server share as they came.
 */
export function toJaegerTrace(spans: readonly Span[], raw: boolean): JaegerTrace {
  const processes = processTable();
  const shown = raw ? spans : spreadSharedIds(spans);
  return {
    traceID: jaegerTraceId(spans[0]?.traceId ?? ''),
    spans: shown.map((span) => toJaegerSpan(span, processes.id(span.resource))),
    processes: processes.all,
    warnings: null,
  };
}

function toJaegerSpan(span: Span, processID: string): JaegerSpan {
  const endsLater = span.endTimeUnixNano > span.startTimeUnixNano;
  return {
    traceID: jaegerTraceId(span.traceId),
    spanID: span.spanId,
    operationName: span.name === '' ? 'empty-span-name' : span.name,
    references: references(span),
    startTime: microseconds(span.startTimeUnixNano),
    duration: endsLater ? microseconds(span.endTimeUnixNano - span.startTimeUnixNano) : 0,
    tags: tags(span),
    logs: span.events.map((event) => ({ timestamp: microseconds(event.timeUnixNano), fields: eventFields(event) })),
    processID,
    warnings: endsLater ? null : ['The span does not end after it starts; its duration is shown as 0.'],
  };
}

function microseconds(ns: bigint): number {
  return Number(ns / 1000n);
}

function references(span: Span): JaegerReference[] {
  const parentIsLinked = span.links.some((link) => link.spanId === span.parentSpanId && link.traceId === span.traceId);
  const links = span.links.map((link): JaegerReference => ({
    refType: 'FOLLOWS_FROM',
    traceID: jaegerTraceId(link.traceId),
    spanID: link.spanId,
  }));
  if (span.parentSpanId === '' || parentIsLinked) return links;
  return [{ refType: 'CHILD_OF', traceID: jaegerTraceId(span.traceId), spanID: span.parentSpanId }, ...links];
}

const kindNames = new Map<SpanKind, string>([
  [SpanKind.internal, 'internal'],
  [SpanKind.server, 'server'],
  [SpanKind.client, 'client'],
  [SpanKind.producer, 'producer'],
  [SpanKind.consumer, 'consumer'],
]);

/** As Jaeger spells it: lower case, and empty where it is unspecified. */
export function kindName(kind: SpanKind): string {
  return kindNames.get(kind) ?? '';
}

function tags(span: Span): JaegerTag[] {
  const made: JaegerTag[] = [];
  if (span.scope.name !== '') made.push(stringTag('otel.scope.name', span.scope.name));
  if (span.scope.version !== '') made.push(stringTag('otel.scope.version', span.scope.version));
  for (const attribute of span.attributes) made.push(toTag(attribute));
  const kind = kindName(span.kind);
  if (kind !== '') made.push(stringTag('span.kind', kind));
  if (span.traceState !== '') made.push(stringTag('w3c.tracestate', span.traceState));
  if (span.status.code === StatusCode.error) {
    made.push(stringTag('otel.status_code', 'ERROR'), { key: 'error', type: 'bool', value: true });
    if (span.status.message !== '') made.push(stringTag('otel.status_description', span.status.message));
  }
  if (span.status.code === StatusCode.ok) made.push(stringTag('otel.status_code', 'OK'));
  return made;
}

function eventFields(event: SpanEvent): JaegerTag[] {
  const fields = event.attributes.map(toTag);
  return event.name === '' ? fields : [stringTag('event', event.name), ...fields];
}

/** Resources become processes p1, p2, … in order of appearance; equal ones share a number. */
function processTable(): {
  readonly all: Record<string, { serviceName: string; tags: JaegerTag[] }>;
  id(resource: Resource): string;
} {
  const all: Record<string, { serviceName: string; tags: JaegerTag[] }> = {};
  const byResource = new Map<Resource, string>();
  const byContent = new Map<string, string>();
  return {
    all,
    id(resource) {
      const known = byResource.get(resource);
      if (known !== undefined) return known;
      const process = {
        serviceName: serviceName(resource),
        tags: resource.attributes.filter((attribute) => attribute.key !== 'service.name').map(toTag),
      };
      const content = JSON.stringify(process);
      const id = byContent.get(content) ?? `p${byContent.size + 1}`;
      byResource.set(resource, id);
      byContent.set(content, id);
      all[id] ??= process;
      return id;
    },
  };
}

function serviceName(resource: Resource): string {
  const value = resource.attributes.find((attribute) => attribute.key === 'service.name')?.value;
  if (value === undefined) return 'missing-service-name';
  const text = value.type === 'string' ? value.value : String(toTag({ key: '', value }).value);
  return text === '' ? 'empty-service-name' : text;
}
