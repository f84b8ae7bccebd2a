/** The legacy JSON of Jaeger's query service, as Jaeger UI and Grafana read it. */
import type { Span } from '@spanloom/span';
import { jaegerTraceId } from './ids.ts';
import { modelSpans, type ModelProcess, type ModelSpan } from './model.ts';
import { shownSpans } from './shown.ts';
import type { JaegerTag } from './tags.ts';

export { kindName } from './model.ts';

export interface JaegerReference {
  readonly refType: 'CHILD_OF' | 'FOLLOWS_FROM';
  readonly traceID: string;
  readonly spanID: string;
}

export interface JaegerSpan {
  readonly traceID: string;
  readonly spanID: string;
  readonly operationName: string;
  readonly references: readonly JaegerReference[];
  /** Unix microseconds, rounded down. */
  readonly startTime: number;
  /** Microseconds, rounded down. */
  readonly duration: number;
  readonly tags: readonly JaegerTag[];
  readonly logs: readonly { readonly timestamp: number; readonly fields: readonly JaegerTag[] }[];
  readonly processID: string;
  readonly warnings: readonly string[] | null;
}

export interface JaegerTrace {
  readonly traceID: string;
  readonly spans: readonly JaegerSpan[];
  readonly processes: Readonly<Record<string, { readonly serviceName: string; readonly tags: readonly JaegerTag[] }>>;
  readonly warnings: null;
}

/**
 * One trace, its spans in the order given, which must not be empty. `raw` keeps ids that a client
 * and a server share as they came.
 */
export function toJaegerTrace(spans: readonly Span[], raw: boolean): JaegerTrace {
  const processes = processTable();
  return {
    traceID: jaegerTraceId(spans[0]?.traceId ?? ''),
    spans: modelSpans(shownSpans(spans, raw)).map((span) => toJaegerSpan(span, processes.id(span.process))),
    processes: processes.all,
    warnings: null,
  };
}

function toJaegerSpan(span: ModelSpan, processID: string): JaegerSpan {
  return {
    traceID: jaegerTraceId(span.traceId),
    spanID: span.spanId,
    operationName: span.operationName,
    references: span.references.map(({ refType, traceId, spanId }) => ({
      refType,
      traceID: jaegerTraceId(traceId),
      spanID: spanId,
    })),
    startTime: microseconds(span.startNs),
    duration: microseconds(span.durationNs),
    tags: span.tags,
    logs: span.logs.map(({ timeNs, fields }) => ({ timestamp: microseconds(timeNs), fields })),
    processID,
    warnings: span.warnings.length === 0 ? null : span.warnings,
  };
}

function microseconds(ns: bigint): number {
  return Number(ns / 1000n);
}

/** Processes p1, p2, … in order of appearance; equal ones share a number. */
function processTable(): { readonly all: Record<string, ModelProcess>; id(process: ModelProcess): string } {
  const all: Record<string, ModelProcess> = {};
  const byProcess = new Map<ModelProcess, string>();
  const byContent = new Map<string, string>();
  return {
    all,
    id(process) {
      const known = byProcess.get(process);
      if (known !== undefined) return known;
      const content = JSON.stringify(process);
      const id = byContent.get(content) ?? `p${byContent.size + 1}`;
      byProcess.set(process, id);
      byContent.set(content, id);
      all[id] ??= process;
      return id;
    },
  };
}
