/** Spans and batches for tests. */
import { serviceKey, SpanTable } from '@spanloom/span';
import type { Figures, Span } from '@spanloom/span';
import type { Batch, BatchId, FragmentRow } from '../port.ts';
import { resourceBytes, scopeBytes, spanBytes } from './otlp.ts';

/** A span with something in every field. */
export function exampleSpan(change: Partial<Span> = {}): Span {
  return {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    parentSpanId: '00f067aa0ba902b7',
    traceState: 'ot=th:8',
    flags: 0x301,
    name: 'POST /cart/{id}',
    kind: 2,
    startTimeUnixNano: 1_764_000_000_123_456_789n,
    endTimeUnixNano: 1_764_000_000_323_456_790n,
    attributes: [
      { key: 'http.route', value: { type: 'string', value: '/cart/{id}' } },
      { key: 'http.response.status_code', value: { type: 'int', value: 503n } },
      { key: 'bytes', value: { type: 'bytes', value: new Uint8Array([0, 10, 10, 255]) } },
      { key: 'ratio', value: { type: 'double', value: -0.25 } },
      { key: 'retry', value: { type: 'bool', value: true } },
      {
        key: 'list',
        value: {
          type: 'array',
          value: [
            { type: 'int', value: -1n },
            { type: 'string', value: '' },
          ],
        },
      },
      { key: 'twice', value: { type: 'string', value: 'one' } },
      { key: 'twice', value: { type: 'string', value: 'two\n\n' } },
      { key: 'map', value: { type: 'map', value: [{ key: 'inner', value: { type: 'empty' } }] } },
    ],
    droppedAttributesCount: 3,
    events: [
      {
        timeUnixNano: 1_764_000_000_200_000_000n,
        name: 'exception',
        attributes: [{ key: 'exception.message', value: { type: 'string', value: 'no stock' } }],
        droppedAttributesCount: 1,
      },
    ],
    droppedEventsCount: 2,
    links: [
      {
        traceId: 'ffffffffffffffffffffffffffffffff',
        spanId: '1111111111111111',
        traceState: 'a=b',
        attributes: [{ key: 'why', value: { type: 'string', value: 'batch' } }],
        droppedAttributesCount: 0,
        flags: 1,
      },
    ],
    droppedLinksCount: 4,
    status: { code: 2, message: 'no stock' },
    resource: {
      attributes: [
        { key: 'service.name', value: { type: 'string', value: 'checkout' } },
        { key: 'host.cpus', value: { type: 'int', value: 8n } },
        {
          key: 'process.command_args',
          value: { type: 'array', value: [{ type: 'string', value: 'run' }] },
        },
      ],
      droppedAttributesCount: 1,
      schemaUrl: 'https://opentelemetry.io/schemas/1.30.0',
    },
    scope: {
      name: 'http',
      version: '2.1',
      attributes: [{ key: 'short', value: { type: 'bool', value: false } }],
      droppedAttributesCount: 0,
      schemaUrl: 'https://opentelemetry.io/schemas/1.29.0',
    },
    ...change,
  };
}

/** Adds the span as skimming its bytes would. */
export function addSpan(table: SpanTable, span: Span, environment = 'prod'): void {
  const row = table.addRow();
  table.idHi[row] = Number.parseInt(span.spanId.slice(0, 8), 16);
  table.idLo[row] = Number.parseInt(span.spanId.slice(8), 16);
  table.parentHi[row] = Number.parseInt(span.parentSpanId.slice(0, 8) || '0', 16);
  table.parentLo[row] = Number.parseInt(span.parentSpanId.slice(8) || '0', 16);
  table.kind[row] = span.kind;
  table.status[row] = span.status.code;
  table.startMs[row] = Number(span.startTimeUnixNano / 1_000_000n);
  table.startSubNs[row] = Number(span.startTimeUnixNano % 1_000_000n);
  const duration = span.endTimeUnixNano - span.startTimeUnixNano;
  table.durationNs[row] = Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, Number(duration)));
  table.minute[row] = Math.min(2 ** 31 - 1, Math.floor(Number(span.startTimeUnixNano / 60_000_000_000n)));
  const named = span.resource.attributes.find((attribute) => attribute.key === 'service.name')?.value;
  const service = {
    environment,
    namespace: '',
    name: named?.type === 'string' ? named.value : 'unknown',
  };
  table.service[row] = table.services.id(serviceKey(service), () => service);
  table.name[row] = table.strings.id(span.name, () => span.name);
  table.operation[row] = table.name[row] ?? 0;
  const resource = resourceBytes(span.resource);
  const scope = scopeBytes(span.scope);
  table.origin[row] = table.origins.id(Buffer.concat([resource, scope]).toString('latin1'), () => ({
    resource,
    resourceSchemaUrl: span.resource.schemaUrl,
    scope,
    scopeSchemaUrl: span.scope.schemaUrl,
    service,
  }));
  const links = span.links.map(({ traceId, spanId }) => ({ traceId, spanId }));
  if (links.length > 0) table.links.set(row, links);
  const body = spanBytes(span);
  table.body[row] = table.bodies.push(body) - 1;
  table.from[row] = 0;
  table.to[row] = body.length;
}

export const noFigures: Figures = { edges: new Map(), operations: new Map() };

/** A fragment of one trace: rows `from` to `to`. */
export function fragmentRow(change: Partial<FragmentRow> & Pick<FragmentRow, 'traceId' | 'from' | 'to'>): FragmentRow {
  return {
    position: 0,
    reason: 'complete',
    wholeness: { complete: true, remoteRoot: false, roots: 1, missingParents: [], missingCount: 0 },
    part: 0,
    parts: 1,
    chunkOffsets: [change.from],
    duplicateSpans: 0,
    unlinked: false,
    late: false,
    truncated: false,
    timeShifted: false,
    ...change,
  };
}

/** A batch of whole traces, one fragment each, with a chunk offset each. */
export function batchOf(id: BatchId, traces: readonly (readonly Span[])[], figures: Figures = noFigures): Batch {
  const spans = new SpanTable();
  const fragments = traces.map((trace, at) => {
    const from = spans.length;
    for (const span of trace) addSpan(spans, span);
    const traceId = trace[0]?.traceId ?? '';
    return fragmentRow({
      traceId,
      from,
      to: spans.length,
      position: id.a + at,
      chunkOffsets: [id.a + at],
    });
  });
  return { id, spans, fragments, figures };
}
