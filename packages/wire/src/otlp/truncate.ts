import type { Attribute, AttributeValue, Span } from '@spanloom/span';
import { decodeSpans } from './decode.ts';
import { encodeSpans } from './encode.ts';

/**
 * The body of a single span, cut until it has at most `maxBytes` (from 8,192 on). The same body is
 * always cut the same way, in steps, until it fits:
 * 1. Values, of the resource, the scope, events and links too, are cut to 65,536 bytes, then to
 *    16,384, 4,096, 1,024 and 256: the longest lose first. Fields unknown to us are lost here.
 * 2. Events and links are dropped, `dropped_events_count` and `dropped_links_count` raised.
 * 3. Of the attributes of span, resource and scope the first 1,000, 100, 10, none are kept;
 *    `dropped_attributes_count` is raised. Names, messages, trace state and URLs are cut to 512 bytes.
 */
export function truncatedBody(body: Uint8Array, maxBytes: number): Uint8Array {
  const decoded = decodeSpans(body);
  if (!decoded.ok) throw new Error(`A body that was accepted cannot be decoded: ${decoded.error.message}`);
  let last = body;
  for (const step of steps) {
    last = encodeSpans(decoded.value.map((span) => step(span)));
    if (last.length <= maxBytes) return last;
  }
  return last;
}

const steps: readonly ((span: Span) => Span)[] = [
  ...[65_536, 16_384, 4096, 1024, 256].map((maxValueBytes) => (span: Span) => withShortValues(span, maxValueBytes)),
  (span) => withoutEventsAndLinks(withShortValues(span, 256)),
  ...[1000, 100, 10, 0].map(
    (count) => (span: Span) => withFewAttributes(withoutEventsAndLinks(withShortValues(span, 256)), count),
  ),
];

const maxTextBytes = 512;

function withShortValues(span: Span, maxValueBytes: number): Span {
  const short = (attributes: readonly Attribute[]): Attribute[] =>
    attributes.map(({ key, value }) => ({ key, value: shortValue(value, maxValueBytes) }));
  return {
    ...span,
    attributes: short(span.attributes),
    events: span.events.map((event) => ({ ...event, attributes: short(event.attributes) })),
    links: span.links.map((link) => ({ ...link, attributes: short(link.attributes) })),
    resource: { ...span.resource, attributes: short(span.resource.attributes) },
    scope: { ...span.scope, attributes: short(span.scope.attributes) },
  };
}

function shortValue(value: AttributeValue, maxBytes: number): AttributeValue {
  switch (value.type) {
    case 'string':
      return { type: 'string', value: shortText(value.value, maxBytes) };
    case 'bytes':
      return { type: 'bytes', value: value.value.subarray(0, maxBytes) };
    case 'array':
      return { type: 'array', value: value.value.map((item) => shortValue(item, maxBytes)) };
    case 'map':
      return {
        type: 'map',
        value: value.value.map((item) => ({ key: item.key, value: shortValue(item.value, maxBytes) })),
      };
    default:
      return value;
  }
}

function withoutEventsAndLinks(span: Span): Span {
  return {
    ...span,
    events: [],
    droppedEventsCount: raised(span.droppedEventsCount, span.events.length),
    links: [],
    droppedLinksCount: raised(span.droppedLinksCount, span.links.length),
  };
}

interface Attributed {
  readonly attributes: readonly Attribute[];
  readonly droppedAttributesCount: number;
}

function withFewAttributes(span: Span, count: number): Span {
  const few = <T extends Attributed>(holder: T): T => ({
    ...holder,
    attributes: holder.attributes.slice(0, count),
    droppedAttributesCount: raised(holder.droppedAttributesCount, Math.max(0, holder.attributes.length - count)),
  });
  const text = (value: string): string => shortText(value, maxTextBytes);
  const { resource, scope, status } = span;
  return {
    ...few(span),
    name: text(span.name),
    traceState: text(span.traceState),
    status: { code: status.code, message: text(status.message) },
    resource: { ...few(resource), schemaUrl: text(resource.schemaUrl) },
    scope: { ...few(scope), name: text(scope.name), version: text(scope.version), schemaUrl: text(scope.schemaUrl) },
  };
}

function raised(count: number, by: number): number {
  return Math.min(count + by, 0xffff_ffff);
}

/** At most `maxBytes` of UTF-8, not cut inside of a character. */
function shortText(text: string, maxBytes: number): string {
  if (text.length * 3 <= maxBytes) return text;
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  let end = maxBytes;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}
