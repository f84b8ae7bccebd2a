import { type Attribute, type Span, SpanKind } from '@spanloom/span';

import type { Random } from '../load/random.ts';
import { type SpanSketch, span } from '../load/spans.ts';

export interface ShopTrace {
  readonly traceId: string;
  readonly spans: readonly Span[];
  readonly ids: Readonly<Record<string, string>>;
}

export interface ShopOptions {
  readonly startMs: number;
  /** The payment's database refuses, `lateMs` late. */
  readonly failing?: boolean;
  /** About half a second where it is missing. */
  readonly lateMs?: number;
  /** How far the clock of payment is behind, in milliseconds. */
  readonly skewMs?: number;
  /** The span of the mailer that sends never comes. */
  readonly lost?: boolean;
}

/** The text of the query that fails: what somebody who looks for the cause wants to read. */
export const failingQuery = "INSERT INTO charges (order_id, cents, currency) VALUES ($1, $2, 'EUR')";

/** A checkout as the services of a shop report it: 32 spans, with twelve queries of the cart that are alike. */
export function shopTrace(random: Random, options: ShopOptions): ShopTrace {
  const { startMs, failing = false, lateMs = 480, skewMs = 0, lost = false } = options;
  const traceId = random.hex(16);
  const spans: Span[] = [];
  const ids: Record<string, string> = {};
  const add = (
    label: string,
    sketch: Omit<SpanSketch, 'traceId' | 'spanId'>,
    attributes: readonly Attribute[] = [],
  ) => {
    const spanId = random.hex(8);
    ids[label] = spanId;
    const made = span({ ...sketch, traceId, spanId, startMs: startMs + (sketch.startMs ?? 0) });
    spans.push({ ...made, attributes: [...made.attributes, ...attributes] });
    return spanId;
  };
  const slow = failing ? lateMs : 0;
  const root = add('root', {
    service: 'frontend',
    name: 'POST /checkout',
    kind: SpanKind.server,
    durationMs: 210 + slow + random.int(0, 20),
    error: failing,
    attributes: {
      'http.route': '/checkout',
      'url.path': '/checkout',
      'user_agent.original': 'Mozilla/5.0 (X11; Linux)',
    },
  });
  const call = (
    label: string,
    caller: string,
    callerService: string,
    service: string,
    name: string,
    at: { readonly from: number; readonly for: number; readonly error?: boolean; readonly skew?: number },
  ) => {
    const error = at.error === true;
    const client = add(`${label} client`, {
      parentSpanId: caller,
      service: callerService,
      name,
      kind: SpanKind.client,
      startMs: at.from,
      durationMs: at.for,
      error,
      attributes: { 'server.address': `${service}.shop.internal`, 'rpc.system': 'grpc' },
    });
    return add(label, {
      parentSpanId: client,
      service,
      name,
      kind: SpanKind.server,
      startMs: at.from + 2 - (at.skew ?? 0),
      durationMs: at.for - 4,
      error,
      attributes: { 'rpc.system': 'grpc', 'k8s.pod.name': `${service}-7d9f${random.int(100, 999)}` },
    });
  };
  const query = (
    parentSpanId: string,
    service: string,
    at: { readonly from: number; readonly for: number },
    text: string,
  ) =>
    add(`query ${text}`, {
      parentSpanId,
      service,
      name: text.split(' ').slice(0, 3).join(' '),
      kind: SpanKind.client,
      startMs: at.from,
      durationMs: at.for,
      attributes: { 'db.system.name': 'postgresql', 'db.namespace': service, 'db.query.text': text },
    });

  const cart = call('cart', root, 'frontend', 'cart', 'cart.Cart/Get', { from: 6, for: 70 });
  for (let line = 0; line < 12; line++) {
    query(cart, 'cart', { from: 10 + line * 5, for: 3 + (line % 3) }, 'SELECT FROM items WHERE cart_id = $1');
  }
  const price = call('pricing', root, 'frontend', 'pricing', 'pricing.Pricing/Quote', { from: 40, for: 60 });
  add('rules', {
    parentSpanId: price,
    service: 'pricing',
    name: 'evaluate rules',
    startMs: 45,
    durationMs: 48,
    attributes: { 'rules.source': 'x'.repeat(5000) },
  });
  const payment = call('payment', root, 'frontend', 'payment', 'payment.Payment/Charge', {
    from: 104,
    for: 90 + slow,
    error: failing,
    skew: skewMs,
  });
  add(
    'charge',
    {
      parentSpanId: payment,
      service: 'payment',
      name: 'INSERT charges',
      kind: SpanKind.client,
      startMs: 112 - skewMs,
      durationMs: 70 + slow,
      error: failing,
      attributes: { 'db.system.name': 'postgresql', 'db.namespace': 'payments', 'db.query.text': failingQuery },
    },
    [{ key: 'db.response.returned_rows', value: { type: 'int', value: 1n } }],
  );
  if (failing) {
    const failed = spans.at(-1);
    if (failed !== undefined) {
      const text = (key: string, value: string): Attribute => ({ key, value: { type: 'string', value } });
      spans[spans.length - 1] = {
        ...failed,
        status: { ...failed.status, message: 'canceling statement due to statement timeout' },
        events: [
          {
            timeUnixNano: failed.endTimeUnixNano - 1_000_000n,
            name: 'exception',
            attributes: [
              text('exception.type', 'QueryTimeout'),
              text('exception.message', 'canceling statement due to statement timeout'),
            ],
            droppedAttributesCount: 0,
          },
        ],
      };
    }
  }
  const mail = lost
    ? random.hex(8)
    : add('mail', {
        parentSpanId: root,
        service: 'frontend',
        name: 'send mail',
        kind: SpanKind.producer,
        startMs: 196 + slow,
        durationMs: 3,
      });
  ids['mail'] = mail;
  const mailer = add('mailer', {
    parentSpanId: mail,
    service: 'mailer',
    name: 'process mail',
    kind: SpanKind.consumer,
    startMs: 200 + slow,
    durationMs: 40,
  });
  add('smtp', {
    parentSpanId: mailer,
    service: 'mailer',
    name: 'SMTP send',
    kind: SpanKind.client,
    startMs: 205 + slow,
    durationMs: 30,
    attributes: { 'server.address': 'smtp.example.com' },
  });
  return { traceId, spans, ids };
}
