import { type EdgeFigures, type OperationFigures, type Service, SpanTable, figuresOf } from '@spanloom/span';
import { type Store, edges, operationFigures } from '@spanloom/store';
import { type TraceChunk, decodeTracesValue, decompress, skimBody } from '@spanloom/wire';
import type { LogRecord } from '@spanloom/log';

/** Figures as lines of text, sorted: what a failing test shows. */
export interface FigureLines {
  readonly edges: readonly string[];
  readonly operations: readonly string[];
}

/** For tests: the figures of all chunks in these records of `traces`, of whole traces in one go; each chunk once. */
export function figuresOfLog(records: readonly LogRecord[]): FigureLines {
  const byTrace = new Map<string, TraceChunk[]>();
  const seen = new Set<number>();
  for (const record of records) {
    const value = decodeTracesValue(record.value ?? Buffer.alloc(0));
    if (!value.ok) throw new Error(value.error.message);
    if (value.value.type !== 'trace') continue;
    const chunks = byTrace.get(value.value.traceId) ?? [];
    byTrace.set(value.value.traceId, chunks);
    for (const chunk of value.value.chunks) {
      if (!seen.has(chunk.offset)) chunks.push(chunk);
      seen.add(chunk.offset);
    }
  }
  const table = new SpanTable();
  const traces = Array.from(byTrace, ([traceId, chunks]) => {
    const from = table.length;
    for (const chunk of chunks) {
      const body = decompress(chunk.codec, chunk.body, chunk.bodyBytes);
      if (!body.ok) throw new Error(body.error.message);
      if (!skimBody(table, body.value).ok) throw new Error('the body is unreadable');
    }
    return { traceId, from, to: table.length };
  });
  for (let row = 0; row < table.length; row += 1) table.minute[row] = Math.floor((table.startMs[row] ?? 0) / 60_000);
  const figures = figuresOf(table, traces);
  return {
    edges: Array.from(figures.edges.values(), (edge) => edgeLine(edge.minute, edge)).sort(),
    operations: Array.from(figures.operations.values(), (each) => operationLine(each.minute, each)).sort(),
  };
}

/** For tests: what the store answers for these minutes, minute by minute. */
export async function figuresOfStore(store: Store, fromMinute: number, toMinute: number): Promise<FigureLines> {
  const lines = { edges: [] as string[], operations: [] as string[] };
  for (let minute = fromMinute; minute < toMinute; minute += 1) {
    const window = { fromMinute: minute, toMinute: minute + 1 };
    for (const row of await edges(store.read, { ...window, byOperation: true })) {
      lines.edges.push(
        edgeLine(minute, { ...row, clientDuration: row.clientHistogram, serverDuration: row.serverHistogram }),
      );
    }
    for (const row of await operationFigures(store.read, window)) {
      lines.operations.push(operationLine(minute, { ...row, duration: row.histogram }));
    }
  }
  return { edges: lines.edges.sort(), operations: lines.operations.sort() };
}

/** Exemplars are left out: which of equal traces is one depends on the order. */
type Edge = Omit<EdgeFigures, 'minute' | 'slowest' | 'failed'>;

function edgeLine(minute: number, edge: Edge): string {
  return [
    `${minute} ${nameOf(edge.client)} -> ${nameOf(edge.server)} ${edge.kind} ${edge.operation}`,
    `calls=${edge.calls}/${edge.sampledCalls} errors=${edge.clientErrors}/${edge.serverErrors} unpaired=${edge.unpaired}`,
    histogram(edge.clientDuration),
    histogram(edge.serverDuration),
  ].join(' ');
}

type Operation = Omit<OperationFigures, 'minute'>;

function operationLine(minute: number, each: Operation): string {
  return [
    `${minute} ${nameOf(each.service)} ${each.kind} ${each.operation} calls=${each.calls}/${each.sampledCalls}`,
    `errors=${each.errors}/${each.originErrors} self=${each.selfTimeNs} path=${each.criticalPathNs} local=${each.localSpans}`,
    histogram(each.duration),
  ].join(' ');
}

function nameOf(service: Service | null): string {
  return service === null ? '-' : `${service.environment}/${service.namespace}/${service.name}`;
}

/** Buckets whose calls were all taken back are not shown to people. */
function histogram(buckets: ReadonlyMap<number, number>): string {
  const shown = Array.from(buckets)
    .filter(([, calls]) => calls !== 0)
    .sort(([a], [b]) => a - b);
  return `{${shown.map((pair) => pair.join(':')).join(',')}}`;
}
