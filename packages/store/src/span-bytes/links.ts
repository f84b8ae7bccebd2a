import type { LinkTarget } from '@spanloom/span';
import { FieldReader } from '@spanloom/wire';
import { field } from './take-apart.ts';

/** The spans that the rest of a span links to. `Span.Link.trace_id` is field 1, `span_id` field 2. */
export function linksOf(rest: Uint8Array): LinkTarget[] {
  const links: LinkTarget[] = [];
  const reader = new FieldReader().open(rest, 0, rest.length);
  const link = new FieldReader();
  while (reader.next()) {
    if (!reader.is(field.links, 2)) continue;
    let traceId = '';
    let spanId = '';
    link.open(rest, reader.from, reader.to);
    while (link.next()) {
      if (link.is(1, 2)) traceId = hex(rest, link.from, link.to);
      else if (link.is(2, 2)) spanId = hex(rest, link.from, link.to);
    }
    if (traceId.length === 32 && spanId.length === 16) links.push({ traceId, spanId });
  }
  return links;
}

function hex(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('hex');
}
