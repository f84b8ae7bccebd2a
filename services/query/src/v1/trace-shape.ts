import {
  criticalPath,
  figuresOf,
  spanIdOfHalves,
  SpanTable,
  type EdgeFigures,
  type Span,
  type SpanId,
} from '@spanloom/span';
import { encodeSpans, skimBody } from '@spanloom/wire';

/** What can be read out of the spans of one trace. */
export interface TraceShape {
  readonly edges: readonly EdgeFigures[];
  /** Spans with time on the critical path, the most first. */
  readonly path: readonly { readonly spanId: SpanId; readonly kind: number; readonly durationNs: number }[];
}

/** The same pairing and the same path as in the figures, of these spans alone. */
export function shapeOf(traceId: string, spans: readonly Span[]): TraceShape {
  const table = new SpanTable();
  const skimmed = skimBody(table, encodeSpans(spans));
  if (!skimmed.ok) throw new Error(`spans that were read cannot be written: ${skimmed.error.message}`);
  const rows = Int32Array.from({ length: table.length }, (_, row) => row);
  // The minute splits figures; one trace is looked at as a whole.
  table.minute.fill(0);
  const { edges } = figuresOf(table, [{ traceId, from: 0, to: table.length }]);
  const onPathNs = criticalPath(table, rows);
  const path = [...rows]
    .map((row) => ({
      spanId: spanIdOfHalves(table.idHi[row] ?? 0, table.idLo[row] ?? 0),
      kind: table.kind[row] ?? 0,
      durationNs: onPathNs[row] ?? 0,
    }))
    .filter(({ durationNs }) => durationNs > 0)
    .toSorted((a, b) => b.durationNs - a.durationNs);
  return { edges: [...edges.values()].toSorted((a, b) => b.calls - a.calls), path };
}
