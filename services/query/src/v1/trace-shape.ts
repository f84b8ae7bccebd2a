import {
  criticalPath,
  figuresOf,
  spanIdOfHalves,
  SpanTable,
  StatusCode,
  type EdgeFigures,
  type Service,
  type Span,
  type SpanId,
  type SpanKind,
} from '@spanloom/span';
import type { TraceOperation } from '@spanloom/store';
import { encodeSpans, skimBody } from '@spanloom/wire';

/** What can be read out of the spans of one trace. */
export interface TraceShape {
  readonly edges: readonly EdgeFigures[];
  /** Spans with time on the critical path, the most first. */
  readonly path: readonly { readonly spanId: SpanId; readonly kind: number; readonly durationNs: number }[];
}

/** The same pairing and the same path as in the figures, of these spans alone. */
export function shapeOf(traceId: string, spans: readonly Span[]): TraceShape {
  const table = tableOf(spans);
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

/** What a list says of a trace. */
export interface TraceHead {
  /** Of its first span without a parent, as it is counted; null where none came. */
  readonly root: { readonly service: Service; readonly operation: string } | null;
  /** By name. */
  readonly services: readonly Service[];
  readonly startNs: bigint;
  readonly errors: number;
}

/** The same as is stored of a trace, of these spans alone. At least one. */
export function headOf(spans: readonly Span[]): TraceHead {
  const table = tableOf(spans);
  const rows = Array.from({ length: table.length }, (_, row) => row);
  const serviceOf = (row: number): Service | undefined => table.services.values[table.service[row] ?? -1];
  const root = rows.find((row) => table.parentHi[row] === 0 && table.parentLo[row] === 0) ?? -1;
  const service = serviceOf(root);
  const operation = table.strings.values[table.operation[root] ?? -1] ?? '';
  const services = new Set(rows.flatMap((row) => serviceOf(row) ?? []));
  return {
    root: service === undefined ? null : { service, operation },
    services: [...services].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    startNs: spans.reduce((least, span) => minNs(least, span.startTimeUnixNano), spans[0]?.startTimeUnixNano ?? 0n),
    errors: spans.filter(({ status }) => status.code === StatusCode.error).length,
  };
}

/** What these spans are counted under when they are stored; those with the most spans first. */
export function operationsOf(spans: readonly Span[]): TraceOperation[] {
  const table = tableOf(spans);
  const groups = new Map<string, TraceOperation & { readonly spanIds: SpanId[] }>();
  for (let row = 0; row < table.length; row += 1) {
    const [service, name, operation, kind] = [table.service, table.name, table.operation, table.kind].map(
      (column) => column[row] ?? -1,
    ) as [number, number, number, SpanKind];
    const key = [service, name, operation, kind].join();
    let group = groups.get(key);
    if (group === undefined) {
      group = {
        service: table.services.values[service] ?? { environment: '', namespace: '', name: '' },
        name: table.strings.values[name] ?? '',
        operation: table.strings.values[operation] ?? '',
        kind,
        spanIds: [],
      };
      groups.set(key, group);
    }
    group.spanIds.push(spanIdOfHalves(table.idHi[row] ?? 0, table.idLo[row] ?? 0));
  }
  return [...groups.values()].toSorted((a, b) => b.spanIds.length - a.spanIds.length);
}

function minNs(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function tableOf(spans: readonly Span[]): SpanTable {
  const table = new SpanTable();
  const skimmed = skimBody(table, encodeSpans(spans));
  if (!skimmed.ok) throw new Error(`spans that were read cannot be written: ${skimmed.error.message}`);
  return table;
}
