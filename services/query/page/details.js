import { el } from './dom.js';
import { duration } from './format.js';

const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];

/** Everything that a span says of itself. */
export function spanDetails(span, startMs) {
  const rows = [
    ['span id', span.spanId],
    ['kind', kinds[span.kind ?? 0] ?? String(span.kind)],
    ['starts after', duration(startMs)],
    ...(span.status?.message ? [['status', span.status.message]] : []),
    ...(span.attributes ?? []).map(({ key, value }) => [key, text(value)]),
    ...(span.events ?? []).map((event) => [`event ${event.name}`, attributesText(event.attributes)]),
    ...(span.links ?? []).map((link) => ['link', `${link.traceId} ${link.spanId}`]),
    ...(span.resource.attributes ?? []).map(({ key, value }) => [`resource ${key}`, text(value)]),
  ];
  return el(
    'dl',
    { class: 'details' },
    rows.flatMap(([key, value]) => [el('dt', {}, key), el('dd', {}, value)]),
  );
}

function attributesText(attributes = []) {
  return attributes.map(({ key, value }) => `${key}=${text(value)}`).join(' ');
}

/** An OTLP value as text. */
function text(value) {
  if (value.arrayValue !== undefined) return `[${(value.arrayValue.values ?? []).map(text).join(', ')}]`;
  if (value.kvlistValue !== undefined) return `{${attributesText(value.kvlistValue.values)}}`;
  return String(Object.values(value)[0] ?? '');
}
