import type { EdgeFigures, TraceId } from '@spanloom/span';
import type { FragmentInfo, LinkFrom, TraceSummary } from '@spanloom/store';
import type { QueryConfig } from '../options.ts';
import { kindNames } from '../search/fields.ts';
import type { Buffered, WholeTrace } from '../trace/read.ts';
import { latenessOf } from '../trace/lateness.ts';
import { wholenessOfSpans } from '../trace/verdict.ts';
import { durationsMs } from './durations.ts';
import { toOrderedOtlpJson } from './otlp-json.ts';
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
  const { json, order } = toOrderedOtlpJson(trace.spans);
  const lateness = latenessOf(trace.fragments);
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
    fragments: trace.fragments.map((fragment, at) => fragmentAnswer(fragment, lateness[at] ?? null)),
    spanFragments: runsOf(order.map((at) => trace.fragmentOf[at] ?? null)),
    buffered: trace.buffered === null ? null : bufferedAnswer(trace.buffered, closing),
    edges: edges.map(edgeAnswer),
    criticalPath: path.map(({ spanId, kind, durationNs }) => ({
      spanId,
      kind: kindNames[kind],
      durationMs: durationNs / 1e6,
    })),
    linkedFrom: linkedFrom.map(linkAnswer),
    trace: json,
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

/** Each value with how often it comes on end. */
function runsOf(values: readonly (number | null)[]): object[] {
  const runs: { fragment: number | null; spanCount: number }[] = [];
  for (const fragment of values) {
    const last = runs.at(-1);
    if (last?.fragment === fragment) last.spanCount += 1;
    else runs.push({ fragment, spanCount: 1 });
  }
  return runs;
}

function fragmentAnswer(fragment: FragmentInfo, lateByMs: number | null): object {
  return {
    partition: fragment.partition,
    position: fragment.position,
    reason: fragment.reason,
    part: fragment.part,
    parts: fragment.parts,
    late: fragment.late,
    lateByMs,
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
