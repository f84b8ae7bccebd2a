import { StatusCode, type Span, type TraceId } from '@spanloom/span';
import { serviceNameOf } from '../jaeger/model.ts';
import { shownSpans } from '../jaeger/shown.ts';

/** A line of a list of traces. */
export interface TraceSummary {
  readonly traceId: TraceId;
  /** The earliest span without a parent; empty names where there is none. */
  readonly rootServiceName: string;
  readonly rootOperationName: string;
  readonly minStartNs: bigint;
  readonly maxEndNs: bigint;
  readonly spanCount: number;
  readonly errorSpanCount: number;
  /** Spans whose parent is not in the trace. */
  readonly orphanSpanCount: number;
  /** By name. */
  readonly services: readonly ServiceSummary[];
}

export interface ServiceSummary {
  readonly name: string;
  readonly spanCount: number;
  readonly errorSpanCount: number;
}

/** Of the spans of one trace, at least one. */
export function summaryOf(trace: readonly Span[], raw: boolean): TraceSummary {
  const spans = shownSpans(trace, raw).map(({ span }) => span);
  const ids = new Set(spans.map((span) => span.spanId));
  const services = new Map<string, { spanCount: number; errorSpanCount: number }>();
  let root: Span | undefined;
  let [minStartNs, maxEndNs] = [spans[0]?.startTimeUnixNano ?? 0n, 0n];
  let orphanSpanCount = 0;
  for (const span of spans) {
    if (span.startTimeUnixNano < minStartNs) minStartNs = span.startTimeUnixNano;
    if (span.endTimeUnixNano > maxEndNs) maxEndNs = span.endTimeUnixNano;
    if (span.parentSpanId !== '') orphanSpanCount += ids.has(span.parentSpanId) ? 0 : 1;
    else if (root === undefined || span.startTimeUnixNano < root.startTimeUnixNano) root = span;
    const name = serviceNameOf(span.resource);
    const service = services.get(name) ?? { spanCount: 0, errorSpanCount: 0 };
    services.set(name, service);
    service.spanCount += 1;
    if (span.status.code === StatusCode.error) service.errorSpanCount += 1;
  }
  const byName = [...services]
    .map(([name, counts]) => ({ name, ...counts }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return {
    traceId: spans[0]?.traceId ?? '',
    rootServiceName: root === undefined ? '' : serviceNameOf(root.resource),
    rootOperationName: root?.name ?? '',
    minStartNs,
    maxEndNs,
    spanCount: spans.length,
    errorSpanCount: byName.reduce((sum, service) => sum + service.errorSpanCount, 0),
    orphanSpanCount,
    services: byName,
  };
}

/** In proto3 JSON: 64-bit numbers are strings, and what is zero or empty is left out. */
export function summaryJson(summary: TraceSummary): object {
  const { traceId, rootServiceName, rootOperationName, spanCount, errorSpanCount, orphanSpanCount } = summary;
  return {
    traceId,
    ...unlessEmpty({ rootServiceName, rootOperationName }),
    ...unlessEmpty({ minStartTimeUnixNano: zeroless(summary.minStartNs) }),
    ...unlessEmpty({ maxEndTimeUnixNano: zeroless(summary.maxEndNs) }),
    ...unlessEmpty({ spanCount, errorSpanCount, orphanSpanCount }),
    services: summary.services.map(({ name, ...counts }) => ({ name, ...unlessEmpty(counts) })),
  };
}

function zeroless(ns: bigint): string {
  return ns === 0n ? '' : String(ns);
}

function unlessEmpty(fields: Readonly<Record<string, string | number>>): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== '' && value !== 0));
}
