import type { Refusal } from './admission.ts';

/** What became of a request, whatever brought it. */
export type Outcome =
  | {
      /** Every chunk is durable. */
      readonly type: 'accepted';
      readonly acceptedSpans: number;
      /** Spans left out for good: sending them again cannot help. */
      readonly rejectedSpans: number;
      /** Why, for a person; empty where nothing was left out. */
      readonly message: string;
    }
  | Refused;

export type Refused =
  | Refusal
  /** The bytes cannot be read: sending them again cannot help. */
  | { readonly type: 'malformed'; readonly message: string }
  | { readonly type: 'tooLarge'; readonly message: string }
  /** The gateway is broken. */
  | { readonly type: 'internal'; readonly message: string };

/** A `google.rpc.Code` and the HTTP status that OTLP pairs with it. */
export interface AnswerCode {
  readonly http: number;
  readonly grpc: number;
}

/**
 * Clients retry 429 and 503, UNAVAILABLE, and RESOURCE_EXHAUSTED if it carries a RetryInfo;
 * nothing else. See https://opentelemetry.io/docs/specs/otlp/#failures.
 */
export const answerCodes: Readonly<Record<Refused['type'], AnswerCode>> = {
  malformed: { http: 400, grpc: 3 },
  tooLarge: { http: 413, grpc: 8 },
  overloaded: { http: 429, grpc: 8 },
  unavailable: { http: 503, grpc: 14 },
  internal: { http: 500, grpc: 13 },
};
