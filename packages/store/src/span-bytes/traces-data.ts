import type { Origin } from '@spanloom/span';
import { Bytes } from '../native/bytes.ts';

/** `Span` messages that have one resource and scope, in their order. */
export interface SpanRun {
  readonly origin: Omit<Origin, 'service'>;
  readonly spans: Uint8Array[];
}

/** The OTLP `TracesData` message of these spans: runs stay in their order, each a `ResourceSpans` of its own. */
export function tracesData(runs: readonly SpanRun[]): Uint8Array {
  const data = new Bytes();
  for (const { origin, spans } of runs) {
    const scopeSpans = new Bytes();
    bytesField(scopeSpans, 1, origin.scope);
    for (const span of spans) bytesField(scopeSpans, 2, span);
    textField(scopeSpans, 3, origin.scopeSchemaUrl);
    const resourceSpans = new Bytes(scopeSpans.length + 4096);
    bytesField(resourceSpans, 1, origin.resource);
    bytesField(resourceSpans, 2, scopeSpans.finish());
    textField(resourceSpans, 3, origin.resourceSchemaUrl);
    bytesField(data, 1, resourceSpans.finish());
  }
  return data.finish();
}

function bytesField(into: Bytes, number: number, value: Uint8Array): void {
  into.varint(number * 8 + 2);
  into.stringOf(value, 0, value.length);
}

function textField(into: Bytes, number: number, value: string): void {
  into.varint(number * 8 + 2);
  into.string(value);
}
