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

/** A fragment as {@link summaryColumns} has it in JSON. */
export interface SummaryJson {
  id: TraceId;
  stream: string;
  partition: number;
  position: string;
  root: [environment: string, namespace: string, service: string, operation: string];
  has_root: 0 | 1;
  start: string;
  end: string;
  spans: number;
  errors: number;
  services: string[];
  complete: 0 | 1;
}

export const summaryColumns = `lower(hex(trace_id)) AS id, stream, partition, position,
       (root_environment, root_namespace, root_service, root_operation) AS root, has_root,
       start_ns AS start, end_ns AS end, spans, errors, services, complete`;

/** Sums up the fragments of each trace; those that are there several times, which merges repair, count once. */
export function summariesOf(rows: readonly SummaryJson[]): Map<TraceId, TraceSummary> {
  const traces = new Map<TraceId, Map<string, SummaryJson>>();
  for (const row of rows) {
    const fragments = traces.get(row.id) ?? new Map<string, SummaryJson>();
    traces.set(row.id, fragments);
    fragments.set(`${row.partition}/${row.position}/${row.stream}`, row);
  }
  return new Map([...traces].map(([id, fragments]) => [id, summaryOf(id, [...fragments.values()])]));
}

/** Of at least one fragment. */
function summaryOf(traceId: TraceId, fragments: readonly SummaryJson[]): TraceSummary {
  const sum = (value: (fragment: SummaryJson) => number): number =>
    fragments.reduce((total, fragment) => total + value(fragment), 0);
  const starts = fragments.map(({ start }) => BigInt(start));
  const startNs = starts.reduce((a, b) => (a < b ? a : b));
  const endNs = fragments.map(({ end }) => BigInt(end)).reduce((a, b) => (a > b ? a : b));
  const [environment, namespace, name, operation] = fragments.reduce(telling).root;
  return {
    traceId,
    root: name === '' ? null : { service: { environment, namespace, name }, operation },
    startNs,
    durationNs: Number(endNs - startNs),
    spans: sum(({ spans }) => spans),
    errors: sum(({ errors }) => errors),
    services: [...new Set(fragments.flatMap(({ services }) => services))].sort(),
    complete: fragments.some(({ complete }) => complete === 1),
    fragments: fragments.length,
  };
}

/** Which of two fragments a trace is known by: the one with the root; else the one that began first. */
function telling(a: SummaryJson, b: SummaryJson): SummaryJson {
  if (a.has_root !== b.has_root) return a.has_root === 1 ? a : b;
  return BigInt(b.start) < BigInt(a.start) ? b : a;
}
