import { SpanKind, StatusCode, type Span } from '@spanloom/span';
import { aResource, aSpan, text } from './spans.ts';

/** For tests: orders at a shop, the nth of them being trace n, and what goes wrong with some. */
export interface Orders {
  /** When the first one began, less 100 ms. */
  readonly startMs: number;
  /** shop GET / → cart GET /cart → its database; the nth takes n times as long, and each third fails. */
  readonly orders: readonly (readonly Span[])[];
  /** A second piece of the first order: a span that was late, and one that was sent again. */
  readonly late: readonly Span[];
  /** Its parent never came. It links to the cart of the fourth order. */
  readonly gap: Span;
  readonly open: Span;
}

/** The trace id of the nth. */
export function idOf(nth: number): string {
  return nth.toString(16).padStart(32, '0');
}

export function ordersAt(nowMs: number): Orders {
  const startMs = nowMs - 20_000;
  const orders = Array.from({ length: 9 }, (_, at) => order(startMs, at + 1));
  const cartOf = (nth: number): string => spanIdOf(nth, '3');
  const link = { traceState: '', attributes: [], droppedAttributesCount: 0, flags: 0 };
  return {
    startMs,
    orders,
    late: [
      span(startMs, 1, '5', { atMs: 40, durationMs: 1, parentSpanId: cartOf(1), name: 'audit', resource: cart }),
      ...order(startMs, 1).slice(3),
    ],
    gap: span(startMs, 10, '1', {
      durationMs: 1,
      parentSpanId: '00000000000000bb',
      name: 'resize',
      resource: aResource('images'),
      links: [{ ...link, traceId: idOf(4), spanId: cartOf(4) }],
    }),
    open: span(startMs, 11, '1', { durationMs: 5, name: 'GET /open', kind: SpanKind.server, resource: shop }),
  };
}

const inDemo = [text('deployment.environment.name', 'demo'), text('host.name', 'a')];
const shop = aResource('shop', inDemo);
const cart = aResource('cart', inDemo);

function order(startMs: number, nth: number): Span[] {
  const failed = { status: { code: nth % 3 === 0 ? StatusCode.error : StatusCode.unset, message: '' } };
  const under = (id: string): { parentSpanId: string } => ({ parentSpanId: spanIdOf(nth, id) });
  return [
    span(startMs, nth, '1', { durationMs: 10 * nth, name: 'GET /', kind: SpanKind.server, resource: shop }),
    span(startMs, nth, '2', {
      atMs: 1,
      durationMs: 8 * nth,
      ...under('1'),
      name: 'GET',
      kind: SpanKind.client,
      resource: shop,
    }),
    span(startMs, nth, '3', {
      atMs: 2,
      durationMs: 6 * nth,
      ...under('2'),
      ...failed,
      name: 'GET /cart',
      kind: SpanKind.server,
      resource: cart,
      attributes: [{ key: 'http.response.status_code', value: { type: 'int', value: nth % 3 === 0 ? 500n : 200n } }],
    }),
    span(startMs, nth, '4', {
      atMs: 3,
      durationMs: 2 * nth,
      ...under('3'),
      name: 'SELECT',
      kind: SpanKind.client,
      resource: cart,
      attributes: [text('db.system.name', 'postgresql'), text('db.namespace', 'carts'), text('nth', `number ${nth}`)],
    }),
  ];
}

function spanIdOf(nth: number, id: string): string {
  return `${idOf(nth).slice(-8)}0000000${id}`;
}

/** Begins `atMs` into its trace. */
function span(
  startMs: number,
  nth: number,
  id: string,
  { atMs = 0, durationMs, ...more }: Partial<Span> & { readonly atMs?: number; readonly durationMs: number },
): Span {
  const start = BigInt(Math.round((startMs + nth * 100 + atMs) * 1e6));
  return aSpan({
    traceId: idOf(nth),
    spanId: spanIdOf(nth, id),
    startTimeUnixNano: start,
    endTimeUnixNano: start + BigInt(Math.round(durationMs * 1e6)),
    ...more,
  });
}
