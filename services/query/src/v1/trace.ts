import type { EdgeFigures, TraceId } from '@spanloom/span';
import type { FragmentInfo, LinkFrom, TraceSummary } from '@spanloom/store';
import type { QueryConfig } from '../options.ts';
import { kindNames } from '../search/fields.ts';
import type { Buffered, WholeTrace } from '../trace/read.ts';
import { wholenessOfSpans } from '../trace/verdict.ts';
import { durationsMs } from './durations.ts';
import { toOtlpJson } from './otlp-json.ts';
import { rfc3339 } from './search-params.ts';
import { shapeOf } from './trace-shape.ts';

/** When the assembler closes a trace. */
export type ClosingTimes = Pick<QueryConfig, 'settleMs' | 'quietMs' | 'maxTraceAgeMs'>;

/** The answer to a trace by id. See docs/api.md. */
export function traceAnswer(
  traceId: TraceId,
  trace: WholeTrace,
  linkedFrom: readonly LinkFrom[],
  closing: ClosingTimes,
): object {
  const { complete, remoteRoot, roots, missingParents, missingCount } = wholenessOfSpans(trace.spans);
  const { edges, path } = shapeOf(traceId, trace.spans);
  return {
    traceId,
    state: trace.open ? 'open' : 'stored',
    complete,
    remoteRoot,
    roots,
    missingParents,
    missingCount,
    spanCount: trace.spans.length,
    duplicateSpans: trace.fragments.reduce((sum, fragment) => sum + fragment.duplicateSpans, trace.duplicateSpans),
    partial: trace.partial,
    kept: trace.fragments.some((fragment) => fragment.kept),
    fragments: trace.fragments.map(fragmentAnswer),
    buffered: trace.buffered === null ? null : bufferedAnswer(trace.buffered, closing),
    edges: edges.map(edgeAnswer),
    criticalPath: path.map(({ spanId, kind, durationNs }) => ({
      spanId,
      kind: kindNames[kind],
      durationMs: durationNs / 1e6,
    })),
    linkedFrom: linkedFrom.map(linkAnswer),
    trace: toOtlpJson(trace.spans),
  };
}

/** The rules of packages/assembly/SPEC.md, for what is in the buffer now. */
function bufferedAnswer({ chunks, spans, firstMs, lastMs }: Buffered, closing: ClosingTimes): object {
  const { complete } = wholenessOfSpans(spans);
  const calmAt = lastMs + (complete ? closing.settleMs : closing.quietMs);
  const oldAt = firstMs + closing.maxTraceAgeMs;
  const time = (ms: number): string => new Date(ms).toISOString();
  return {
    chunkCount: chunks,
    spanCount: spans.length,
    firstChunkAt: time(firstMs),
    lastChunkAt: time(lastMs),
    closesAt: time(Math.min(calmAt, oldAt)),
    closesBecause: oldAt < calmAt ? 'maxAge' : complete ? 'complete' : 'quiet',
  };
}

function edgeAnswer(edge: EdgeFigures): object {
  return {
    client: edge.client,
    server: edge.server,
    kind: edge.kind,
    operation: edge.operation,
    calls: edge.calls,
    clientErrors: edge.clientErrors,
    serverErrors: edge.serverErrors,
    unpaired: edge.unpaired,
    clientDurationMs: durationsMs(edge.clientDuration, []),
    serverDurationMs: durationsMs(edge.serverDuration, []),
  };
}

function linkAnswer({ traceId, spanId, service, operation, startNs, toSpanId }: LinkFrom): object {
  return { traceId, spanId, service, operation, startTime: rfc3339(startNs), toSpanId };
}

function fragmentAnswer(fragment: FragmentInfo): object {
  return {
    partition: fragment.partition,
    position: fragment.position,
    reason: fragment.reason,
    part: fragment.part,
    parts: fragment.parts,
    late: fragment.late,
    unlinked: fragment.unlinked,
    timeShifted: fragment.timeShifted,
    truncated: fragment.truncated,
    spanCount: fragment.spans,
    appendedAt: new Date(fragment.appendTimeMs).toISOString(),
  };
}

/** A line of the list of traces. */
export function summaryAnswer(summary: TraceSummary): object {
  return {
    traceId: summary.traceId,
    root: summary.root,
    startTime: rfc3339(summary.startNs),
    durationMs: summary.durationNs / 1e6,
    spanCount: summary.spans,
    errorCount: summary.errors,
    services: summary.services,
    complete: summary.complete,
    fragmentCount: summary.fragments,
  };
}
