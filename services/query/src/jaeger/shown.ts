import type { Attribute, Resource, Span } from '@spanloom/span';
import { goTime } from './go-text.ts';
import { spreadSharedIds } from './shared-ids.ts';
import { skewWarnings } from './skew.ts';

/** A span as Jaeger shows it: every name is there, and it ends after it starts. */
export interface ShownSpan {
  readonly span: Span;
  readonly warnings: readonly string[];
}

/**
 * What Jaeger makes of the spans of a trace, in their order. `raw` leaves ids that a client and a
 * server share as they came, and does not compare clocks.
 */
export function shownSpans(spans: readonly Span[], raw: boolean): readonly ShownSpan[] {
  const resources = new Map<Resource, Resource>();
  const named = spans.map((span) => withNames(span, resources));
  const ended = named.map(endedLater);
  if (raw) return ended;
  const spread = spreadSharedIds(ended.map(({ span }) => span));
  const skewed = skewWarnings(spread);
  return spread.map((span, at) => ({ span, warnings: [...(ended[at]?.warnings ?? []), ...(skewed[at] ?? [])] }));
}

/** What stands in for names that are empty or missing; figures and searches know them by these, too. */
const emptySpanName = 'empty-span-name';
const emptyServiceName = 'empty-service-name';
const missingServiceName = 'missing-service-name';

function withNames(span: Span, resources: Map<Resource, Resource>): Span {
  let resource = resources.get(span.resource);
  if (resource === undefined) {
    resource = namedResource(span.resource);
    resources.set(span.resource, resource);
  }
  return { ...span, resource, name: span.name === '' ? emptySpanName : span.name };
}

function namedResource(resource: Resource): Resource {
  const at = resource.attributes.findIndex((attribute) => attribute.key === 'service.name');
  const value = resource.attributes[at]?.value;
  if (value === undefined) {
    return { ...resource, attributes: [...resource.attributes, serviceName(missingServiceName)] };
  }
  if (value.type !== 'string' || value.value !== '') return resource;
  return { ...resource, attributes: resource.attributes.with(at, serviceName(emptyServiceName)) };
}

function serviceName(value: string): Attribute {
  return { key: 'service.name', value: { type: 'string', value } };
}

function endedLater(span: Span): ShownSpan {
  if (span.endTimeUnixNano > span.startTimeUnixNano) return { span, warnings: [] };
  const endTimeUnixNano = span.startTimeUnixNano + 1n;
  const [was, is] = [goTime(span.endTimeUnixNano), goTime(endTimeUnixNano)];
  const warning = `Negative duration detected, sanitizing end timestamp. Original end timestamp: ${was}, adjusted to: ${is}`;
  return { span: { ...span, endTimeUnixNano }, warnings: [warning] };
}
