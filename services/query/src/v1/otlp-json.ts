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

interface TracesData {
  readonly resourceSpans: readonly ResourceSpans[];
}

/** Spans with one resource and scope, and where they stood. */
interface Scoped {
  readonly json: ScopeSpans;
  readonly at: number[];
}

/** A `TracesData` message, spans grouped by resource and scope in order of appearance. */
export function toOtlpJson(spans: readonly Span[]): TracesData {
  return toOrderedOtlpJson(spans).json;
}

/** The same, and for each span in it, in its order, where it stood in `spans`. */
export function toOrderedOtlpJson(spans: readonly Span[]): {
  readonly json: TracesData;
  readonly order: readonly number[];
} {
  const resources = new Map<string, { readonly json: ResourceSpans; readonly scopes: Scoped[] }>();
  const scopes = new Map<string, Scoped>();
  for (const [at, span] of spans.entries()) {
    const resource = resourceJson(span.resource);
    const resourceKey = JSON.stringify([resource, span.resource.schemaUrl]);
    const group = getOrAdd(resources, resourceKey, () => ({
      json: { resource, scopeSpans: [], ...unlessEmpty('schemaUrl', span.resource.schemaUrl) },
      scopes: [],
    }));
    const scope = scopeJson(span.scope);
    const inScope = getOrAdd(scopes, JSON.stringify([resourceKey, scope, span.scope.schemaUrl]), () => {
      const added = { json: { scope, spans: [], ...unlessEmpty('schemaUrl', span.scope.schemaUrl) }, at: [] };
      group.json.scopeSpans.push(added.json);
      group.scopes.push(added);
      return added;
    });
    inScope.json.spans.push(spanJson(span));
    inScope.at.push(at);
  }
  const all = [...resources.values()];
  return {
    json: { resourceSpans: all.map((group) => group.json) },
    order: all.flatMap((group) => group.scopes.flatMap(({ at }) => at)),
  };
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
