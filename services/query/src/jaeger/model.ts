/** A trace as Jaeger's first data model has it: what its legacy JSON and its gRPC API say in two ways. */
import { SpanKind, StatusCode, type Resource, type Span, type SpanEvent } from '@spanloom/span';
import type { ShownSpan } from './shown.ts';
import { stringTag, toTag, type JaegerTag } from './tags.ts';

export interface ModelSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly operationName: string;
  readonly references: readonly ModelReference[];
  readonly startNs: bigint;
  readonly durationNs: bigint;
  readonly tags: readonly JaegerTag[];
  readonly logs: readonly { readonly timeNs: bigint; readonly fields: readonly JaegerTag[] }[];
  readonly process: ModelProcess;
  readonly warnings: readonly string[];
}

export interface ModelReference {
  readonly refType: 'CHILD_OF' | 'FOLLOWS_FROM';
  readonly traceId: string;
  readonly spanId: string;
}

/** A resource: spans that share one share this object. */
export interface ModelProcess {
  readonly serviceName: string;
  readonly tags: readonly JaegerTag[];
}

export function modelSpans(shown: readonly ShownSpan[]): ModelSpan[] {
  const processes = new Map<Resource, ModelProcess>();
  return shown.map(({ span, warnings }) => {
    const process = processes.get(span.resource) ?? processOf(span.resource);
    processes.set(span.resource, process);
    return {
      traceId: span.traceId,
      spanId: span.spanId,
      operationName: span.name,
      references: references(span),
      startNs: span.startTimeUnixNano,
      durationNs: span.endTimeUnixNano - span.startTimeUnixNano,
      tags: tags(span),
      logs: span.events.map((event) => ({ timeNs: event.timeUnixNano, fields: eventFields(event) })),
      process,
      warnings,
    };
  });
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

/** The service that a resource is shown under. */
export function serviceNameOf(resource: Resource): string {
  const value = resource.attributes.find((attribute) => attribute.key === 'service.name')?.value;
  if (value === undefined) return '';
  return value.type === 'string' ? value.value : String(toTag({ key: '', value }).value);
}

function references(span: Span): ModelReference[] {
  const parentIsLinked = span.links.some((link) => link.spanId === span.parentSpanId && link.traceId === span.traceId);
  const links = span.links.map(({ traceId, spanId }): ModelReference => ({ refType: 'FOLLOWS_FROM', traceId, spanId }));
  if (span.parentSpanId === '' || parentIsLinked) return links;
  return [{ refType: 'CHILD_OF', traceId: span.traceId, spanId: span.parentSpanId }, ...links];
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

function processOf(resource: Resource): ModelProcess {
  return {
    serviceName: serviceNameOf(resource),
    tags: resource.attributes.filter((attribute) => attribute.key !== 'service.name').map(toTag),
  };
}
