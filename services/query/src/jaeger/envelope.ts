/** Every legacy answer has these fields, in this order. */
export interface Envelope {
  readonly data: unknown;
  readonly total: number;
  readonly limit: number;
  readonly offset: number;
  readonly errors: readonly EnvelopeError[] | null;
}

export interface EnvelopeError {
  readonly code?: number;
  readonly msg: string;
  readonly traceID?: string;
}

/** `total` is 0 but where a list counts itself: services and operations of a service. */
export function envelope(data: unknown, total = 0, errors: readonly EnvelopeError[] = []): Envelope {
  return { data, total, limit: 0, offset: 0, errors: errors.length === 0 ? null : errors };
}

export function errorEnvelope(code: number, msg: string): Envelope {
  return envelope(null, 0, [{ code, msg }]);
}
