import type { Service } from './service.ts';
import type { SpanKind, TraceId } from './span.ts';
import type { SpanTable } from './table.ts';

/**
 * `rpc`, `messaging`: both ends are services, or one is known by name only: a messaging destination,
 * a service that sent no span, or `(unknown)`; `database`, `external`: a named peer; `entry`: no
 * caller is known. An end that is known by name only has the environment of the other one and no
 * namespace.
 */
export type EdgeKind = 'rpc' | 'messaging' | 'database' | 'external' | 'entry';

/** A sparse histogram: bucket index (base-2 exponential, scale 5) to count. */
export type Histogram = Map<number, number>;

/** Counts of a histogram, to be gone through, however they are held; a {@link Histogram} is one. */
export interface Buckets {
  forEach(visit: (count: number, index: number) => void): void;
}

/** One minute of one call edge, as a sum that may be negative where it corrects an earlier one. */
export interface EdgeFigures {
  /** Unix minute of the client span's start, or of the server span's where there is no client. */
  readonly minute: number;
  /** Null for kind `entry`. */
  readonly client: Service | null;
  readonly server: Service;
  readonly kind: EdgeKind;
  /** Operation of the server side; empty for a peer without spans. */
  readonly operation: string;
  /** Weighted by sampling. */
  calls: number;
  /** Spans that were really seen. */
  sampledCalls: number;
  clientErrors: number;
  serverErrors: number;
  /** Calls to a service whose own span never came. */
  unpaired: number;
  readonly clientDuration: Histogram;
  readonly serverDuration: Histogram;
  /** The trace with the longest duration seen here, or null. */
  slowest: { durationNs: number; traceId: TraceId } | null;
  /** A trace in which this call failed, or null. */
  failed: TraceId | null;
}

/** One minute of one operation of a service. */
export interface OperationFigures {
  readonly minute: number;
  readonly service: Service;
  readonly operation: string;
  readonly kind: SpanKind;
  calls: number;
  sampledCalls: number;
  errors: number;
  /** Errors that began here: no child of the span failed. */
  originErrors: number;
  readonly duration: Histogram;
  /** Nanoseconds in which no child was running, summed. */
  selfTimeNs: number;
  /** Nanoseconds on the critical path of the trace, summed. */
  criticalPathNs: number;
  /** Spans that were really seen, whose parent was too, in the same service. */
  localSpans: number;
}

/** The figures of many traces, summed by key. */
export interface Figures {
  readonly edges: ReadonlyMap<string, EdgeFigures>;
  readonly operations: ReadonlyMap<string, OperationFigures>;
}

/** Rows `from` to `to` (exclusive) of a table are the spans of this trace. */
export interface TraceRows {
  readonly traceId: TraceId;
  readonly from: number;
  readonly to: number;
}

export type { SpanTable };
