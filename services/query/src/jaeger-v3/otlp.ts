/** Traces in OTLP JSON as proto3 prints them: what is zero or empty is left out. */
import type { Span } from '@spanloom/span';
import { shownSpans, type ShownSpan } from '../jaeger/shown.ts';
import { toOtlpJson } from '../v1/otlp-json.ts';

/** Jaeger's UI shows the warnings of a span out of this attribute. */
const warningsKey = '@jaeger@warnings';

/** All of them in one list, trace after trace. */
export function toResourceSpans(traces: readonly (readonly Span[])[], raw: boolean): object[] {
  return traces.flatMap((spans) => [...toOtlpJson(otlpSpans(spans, raw)).resourceSpans]);
}

/** The spans of a trace as Jaeger shows them, with their warnings. */
export function otlpSpans(spans: readonly Span[], raw: boolean): Span[] {
  return shownSpans(spans, raw).map(withWarnings);
}

function withWarnings({ span, warnings }: ShownSpan): Span {
  if (warnings.length === 0) return span;
  const value = warnings.map((warning) => ({ type: 'string', value: warning }) as const);
  return { ...span, attributes: [...span.attributes, { key: warningsKey, value: { type: 'array', value } }] };
}

/** For `JSON.stringify`: leaves out the fields that proto3 does. What an attribute holds is not touched. */
export function omitDefaults(key: string, value: unknown): unknown {
  if (key === 'kind' && value === 0) return undefined;
  if ((key === 'name' || key === 'key') && value === '') return undefined;
  return key.endsWith('UnixNano') && value === '0' ? undefined : value;
}
