import { SpanKind, StatusCode, type Span } from '@spanloom/span';
import { aResource, aSpan, text } from './spans.ts';

/**
 * For tests: traces of a small shop, all within the minute that begins at `minuteMs`. web asks cart,
 * which fails and asks itself; a job that nobody named; a message that waited.
 */
export function shopTraces(minuteMs: number): ShopTraces {
  const at = (startMs: number, durationMs: number): Pick<Span, 'startTimeUnixNano' | 'endTimeUnixNano'> => {
    const startTimeUnixNano = BigInt(minuteMs) * 1_000_000n + BigInt(Math.round(startMs * 1e6)) + 999n;
    return { startTimeUnixNano, endTimeUnixNano: startTimeUnixNano + BigInt(Math.round(durationMs * 1e6)) };
  };
  const web = aResource('web', [text('host.name', 'h1'), text('deployment.environment.name', 'demo')]);
  const cart = aResource('cart', [text('host.name', 'h2'), { key: 'cpus', value: { type: 'int', value: 8n } }]);
  const scope = {
    name: 'http',
    version: '1.2',
    attributes: [text('library', 'undici')],
    droppedAttributesCount: 0,
    schemaUrl: '',
  };
  const link = { traceState: '', droppedAttributesCount: 0, flags: 0 };
  const ids = ['00000000000000a1', '00000000000000a2', '00000000000000a3', '00000000000000a4'] as const;
  const order = '4bf92f3577b34da6a3ce929d0e0e4736';
  const page = aSpan({
    traceId: order,
    spanId: ids[0],
    name: 'GET /',
    kind: SpanKind.server,
    resource: web,
    scope,
    traceState: 'vendor=1',
    status: { code: StatusCode.ok, message: '' },
    attributes: [
      { key: 'http.response.status_code', value: { type: 'int', value: 500n } },
      { key: 'large', value: { type: 'int', value: 9_007_199_254_740_993n } },
      { key: 'ratio', value: { type: 'double', value: 2 } },
      { key: 'cached', value: { type: 'bool', value: true } },
      { key: 'body', value: { type: 'bytes', value: new Uint8Array([1, 2, 3]) } },
      {
        key: 'ab',
        value: {
          type: 'array',
          value: [
            { type: 'string', value: 'a' },
            { type: 'string', value: 'b' },
          ],
        },
      },
      text('empty', ''),
    ],
    ...at(10_000, 100),
  });
  const call = aSpan({
    traceId: order,
    spanId: ids[1],
    parentSpanId: ids[0],
    name: 'POST',
    kind: SpanKind.client,
    resource: web,
    links: [
      { ...link, traceId: '0000000000000000000000000000000b', spanId: ids[0], attributes: [text('via', 'queue')] },
    ],
    ...at(10_010, 50),
  });
  const served = aSpan({
    traceId: order,
    spanId: ids[2],
    parentSpanId: ids[1],
    name: 'POST /cart',
    kind: SpanKind.server,
    resource: cart,
    status: { code: StatusCode.error, message: 'no stock' },
    events: [
      {
        timeUnixNano: BigInt(minuteMs) * 1_000_000n + 10_021_000_999n,
        name: 'exception',
        attributes: [text('exception.type', 'OutOfStock')],
        droppedAttributesCount: 0,
      },
    ],
    ...at(10_020, 30),
  });
  const checked = aSpan({
    traceId: order,
    spanId: ids[3],
    parentSpanId: ids[2],
    name: '',
    kind: SpanKind.unspecified,
    resource: cart,
    ...at(10_025, 0),
  });
  const job = aSpan({
    traceId: '0000000000000000000000000000b001',
    spanId: '00000000000000b1',
    parentSpanId: '00000000000000bb',
    name: 'resize',
    kind: SpanKind.internal,
    resource: { attributes: [], droppedAttributesCount: 0, schemaUrl: '' },
    ...at(20_000, 2),
  });
  // As Zipkin sends it: client and server under one id.
  const shared = { traceId: '0000000000000000000000000000c001', spanId: '00000000000000c2', name: 'buy' };
  const asked = aSpan({ ...shared, kind: SpanKind.client, resource: web, ...at(30_000, 20) });
  const answered = aSpan({ ...shared, kind: SpanKind.server, resource: cart, ...at(30_005, 10) });
  const below = aSpan({
    ...shared,
    spanId: '00000000000000c3',
    parentSpanId: shared.spanId,
    name: 'query',
    kind: SpanKind.client,
    resource: cart,
    ...at(30_006, 5),
  });
  return { order: [page, call, served, checked], job: [job], zipkin: [asked, answered, below] };
}

export interface ShopTraces {
  readonly order: readonly Span[];
  readonly job: readonly Span[];
  readonly zipkin: readonly Span[];
}
