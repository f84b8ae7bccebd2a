import { SpanStatusCode } from '@opentelemetry/api';
import type { Span } from '@opentelemetry/api';

/** An error as a shop's code would throw it; `name` becomes `exception.type` and `error.type`. */
export class ShopError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** Marks a span failed and records the exception as an event. */
export function failSpan(span: Span, thrown: unknown): void {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  span.recordException(error);
  span.setAttribute('error.type', error.name);
  span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
}
