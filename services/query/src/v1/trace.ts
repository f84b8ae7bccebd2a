import type { TraceId } from '@spanloom/span';
import type { FragmentInfo, TraceSummary } from '@spanloom/store';
import type { WholeTrace } from '../trace/read.ts';
import { wholenessOfSpans } from '../trace/verdict.ts';
import { toOtlpJson } from './otlp-json.ts';

/** The answer to a trace by id. See docs/api.md. */
export function traceAnswer(traceId: TraceId, trace: WholeTrace): object {
  const { complete, remoteRoot, roots, missingParents, missingCount } = wholenessOfSpans(trace.spans);
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
    fragments: trace.fragments.map(fragmentAnswer),
    trace: toOtlpJson(trace.spans),
  };
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
    startTime: new Date(Number(summary.startNs / 1_000_000n)).toISOString(),
    durationMs: summary.durationNs / 1e6,
    spanCount: summary.spans,
    errorCount: summary.errors,
    services: summary.services,
    complete: summary.complete,
    fragmentCount: summary.fragments,
  };
}
