import type { Service, TraceId } from '@spanloom/span';

/** What a list of traces shows of one. */
export interface TraceSummary {
  readonly traceId: TraceId;
  /** Service and operation of the root span, or of the earliest one where no root was seen; null for a trace without spans. */
  readonly root: { readonly service: Service; readonly operation: string } | null;
  readonly startNs: bigint;
  readonly durationNs: number;
  readonly spans: number;
  readonly errors: number;
  /** Names, sorted. */
  readonly services: readonly string[];
  /** One of its fragments was whole. */
  readonly complete: boolean;
  readonly fragments: number;
}

/** A row of {@link summaryColumns}, as JSON. */
export interface SummaryJson {
  id: TraceId;
  root: [string, string, string, string];
  start: string;
  duration: string;
  span_count: string;
  error_count: string;
  service_names: string[];
  whole: number;
  fragment_count: string;
}

/** The columns of a {@link SummaryJson}, over fragments `f` grouped by trace id. */
export const summaryColumns = `lower(hex(trace_id)) AS id,
       argMin((root_environment, root_namespace, root_service, root_operation), (1 - has_root, start_ns)) AS root,
       min(start_ns) AS start, max(end_ns) - start AS duration,
       sum(f.spans) AS span_count, sum(f.errors) AS error_count,
       arraySort(groupUniqArrayArray(f.services)) AS service_names,
       max(complete) AS whole, count() AS fragment_count`;

export function summaryOf(row: SummaryJson): TraceSummary {
  const [environment, namespace, name, operation] = row.root;
  return {
    traceId: row.id,
    root: name === '' ? null : { service: { environment, namespace, name }, operation },
    startNs: BigInt(row.start),
    durationNs: Number(row.duration),
    spans: Number(row.span_count),
    errors: Number(row.error_count),
    services: row.service_names,
    complete: row.whole === 1,
    fragments: Number(row.fragment_count),
  };
}
