import { type Span, SpanKind } from '@spanloom/span';

import { span } from '../load/spans.ts';

export interface ShopTrace {
  readonly traceId: string;
  readonly spans: readonly Span[];
}

export interface ShopOptions {
  /** Unix milliseconds of the first trace; each begins 200 ms after the one before. */
  readonly startMs: number;
  readonly count: number;
  /** Of the cart. */
  readonly cartMs?: number;
  /** The operation of the cart. */
  readonly cartOperation?: string;
  /** Each so many-th payment fails. */
  readonly failEvery?: number;
}

/** Traces of a frontend that calls a cart, which reads a database, and a payment, which fails now and then. */
export function shopTraces(options: ShopOptions): ShopTrace[] {
  const { startMs, count, cartMs = 10, cartOperation = 'GET /cart', failEvery = 5 } = options;
  return Array.from({ length: count }, (_, at) => {
    const traceId = (BigInt(startMs) * 1_000_000n + BigInt(at + 1)).toString(16).padStart(32, '5');
    const id = (number: number) => `${traceId.slice(-14)}${String(number).padStart(2, '0')}`;
    const begin = startMs + at * 200;
    const fails = at % failEvery === 0;
    const make = (
      number: number,
      parent: number | null,
      service: string,
      name: string,
      kind: Span['kind'],
      ms: number,
    ) => ({
      traceId,
      spanId: id(number),
      ...(parent === null ? {} : { parentSpanId: id(parent) }),
      service,
      name,
      kind,
      startMs: begin + number,
      durationMs: ms + (at % 7),
    });
    return {
      traceId,
      spans: [
        span({ ...make(0, null, 'frontend', 'GET /', SpanKind.server, cartMs + 40), error: fails }),
        span(make(1, 0, 'frontend', cartOperation, SpanKind.client, cartMs + 2)),
        span(make(2, 1, 'cart', cartOperation, SpanKind.server, cartMs)),
        span({
          ...make(3, 2, 'cart', 'SELECT items', SpanKind.client, 2),
          attributes: { 'db.system.name': 'postgresql', 'db.namespace': 'carts' },
        }),
        span({ ...make(4, 0, 'frontend', 'POST /charges', SpanKind.client, 20), error: fails }),
        span({ ...make(5, 4, 'payment', 'POST /charges', SpanKind.server, 18), error: fails }),
      ],
    };
  });
}

/** A service that calls nobody and that nobody calls. */
export function loneTrace(startMs: number): ShopTrace {
  const traceId = BigInt(startMs).toString(16).padStart(32, '6');
  return { traceId, spans: [span({ traceId, spanId: traceId.slice(-16), service: 'cron', name: 'tick', startMs })] };
}
