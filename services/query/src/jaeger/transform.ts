import { err, ok, type Result, type Span, type TraceId } from '@spanloom/span';
import { decodeSpans, jsonToRequest, splitRequest } from '@spanloom/wire';
import { toJaegerTrace, type JaegerTrace } from './trace.ts';

/** Traces in OTLP JSON as Jaeger's legacy JSON, in order of appearance. The spans stay as they are. */
export function transformOtlp(body: Uint8Array): Result<JaegerTrace[], string> {
  const request = jsonToRequest(body);
  if (!request.ok) return err(request.error.message);
  const split = splitRequest(request.value);
  if (!split.ok) return err(split.error.message);
  if (split.value.rejectedSpans > 0) return err(split.value.rejectedBecause);
  const spans = decodeSpans(request.value);
  if (!spans.ok) return err(spans.error.message);
  const byTrace = new Map<TraceId, Span[]>();
  for (const span of spans.value) {
    const trace = byTrace.get(span.traceId);
    if (trace === undefined) byTrace.set(span.traceId, [span]);
    else trace.push(span);
  }
  return ok([...byTrace.values()].map((trace) => toJaegerTrace(trace, true)));
}
