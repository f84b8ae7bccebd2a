/** Spans as OTLP JSON: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding. */
import type { Attribute, AttributeValue, Resource, Scope, Span } from '@spanloom/span';

interface ScopeSpans {
  readonly scope: object;
  readonly spans: object[];
  readonly schemaUrl?: string;
}

interface ResourceSpans {
  readonly resource: object;
  readonly scopeSpans: ScopeSpans[];
  readonly schemaUrl?: string;
}

/** A `TracesData` message, spans grouped by resource and scope in order of appearance. */
export function toOtlpJson(spans: readonly Span[]): { readonly resourceSpans: readonly ResourceSpans[] } {
  const resources = new Map<string, ResourceSpans>();
  const scopes = new Map<string, ScopeSpans>();
  for (const span of spans) {
    const resource = resourceJson(span.resource);
    const resourceKey = JSON.stringify([resource, span.resource.schemaUrl]);
    const group = getOrAdd(resources, resourceKey, () => ({
      resource,
      scopeSpans: [],
      ...unlessEmpty('schemaUrl', span.resource.schemaUrl),
    }));
    const scope = scopeJson(span.scope);
    const inScope = getOrAdd(scopes, JSON.stringify([resourceKey, scope, span.scope.schemaUrl]), () => {
      const added = { scope, spans: [], ...unlessEmpty('schemaUrl', span.scope.schemaUrl) };
      group.scopeSpans.push(added);
      return added;
    });
    inScope.spans.push(spanJson(span));
  }
  return { resourceSpans: [...resources.values()] };
}

function spanJson(span: Span): object {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...unlessEmpty('traceState', span.traceState),
    ...unlessEmpty('parentSpanId', span.parentSpanId),
    ...unlessEmpty('flags', span.flags),
    name: span.name,
    kind: span.kind,
    startTimeUnixNano: String(span.startTimeUnixNano),
    endTimeUnixNano: String(span.endTimeUnixNano),
    ...attributesJson(span),
    ...unlessEmpty(
      'events',
      span.events.map((event) => ({
        timeUnixNano: String(event.timeUnixNano),
        name: event.name,
        ...attributesJson(event),
      })),
    ),
    ...unlessEmpty('droppedEventsCount', span.droppedEventsCount),
    ...unlessEmpty(
      'links',
      span.links.map((link) => ({
        traceId: link.traceId,
        spanId: link.spanId,
        ...unlessEmpty('traceState', link.traceState),
        ...attributesJson(link),
        ...unlessEmpty('flags', link.flags),
      })),
    ),
    ...unlessEmpty('droppedLinksCount', span.droppedLinksCount),
    status: { ...unlessEmpty('message', span.status.message), ...unlessEmpty('code', span.status.code) },
  };
}

function resourceJson(resource: Resource): object {
  return attributesJson(resource);
}

function scopeJson(scope: Scope): object {
  return { ...unlessEmpty('name', scope.name), ...unlessEmpty('version', scope.version), ...attributesJson(scope) };
}

function attributesJson(of: {
  readonly attributes: readonly Attribute[];
  readonly droppedAttributesCount: number;
}): object {
  return {
    ...unlessEmpty('attributes', of.attributes.map(attributeJson)),
    ...unlessEmpty('droppedAttributesCount', of.droppedAttributesCount),
  };
}

function attributeJson({ key, value }: Attribute): object {
  return { key, value: valueJson(value) };
}

function valueJson(value: AttributeValue): object {
  switch (value.type) {
    case 'string':
      return { stringValue: value.value };
    case 'bool':
      return { boolValue: value.value };
    case 'int':
      return { intValue: String(value.value) };
    case 'double':
      // proto3's JSON mapping spells what JSON numbers cannot say.
      return { doubleValue: Number.isFinite(value.value) ? value.value : String(value.value) };
    case 'bytes':
      return { bytesValue: Buffer.from(value.value).toString('base64') };
    case 'array':
      return { arrayValue: { values: value.value.map(valueJson) } };
    case 'map':
      return { kvlistValue: { values: value.value.map(attributeJson) } };
    case 'empty':
      return {};
  }
}

function unlessEmpty(key: string, value: string | number | readonly object[]): object {
  const empty = value === '' || value === 0 || (Array.isArray(value) && value.length === 0);
  return empty ? {} : { [key]: value };
}

function getOrAdd<T>(map: Map<string, T>, key: string, make: () => T): T {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
