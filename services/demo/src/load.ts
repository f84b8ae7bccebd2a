import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { textField } from './net/body.ts';
import { exchange } from './net/client.ts';
import type { Exchange } from './net/client.ts';

/** Share of requests by what people do; they add up to 1. */
const shares = { browse: 0.25, look: 0.2, add: 0.2, checkout: 0.22, track: 0.13 } as const;
type Visit = keyof typeof shares;

const skus = ['kettle', 'teapot', 'mug', 'tray', 'spoon', 'strainer', 'jar', 'caddy', 'whisk', 'scale'];
const shoppers = 25;
const rememberedOrders = 40;
/** Requests beyond these are not made: a shop that was broken on purpose must not pile them up. */
const maxInFlight = 200;
const userAgent = 'Mozilla/5.0 (X11; Linux x86_64) demo-shopper';

export interface Load {
  /** Makes no more requests; resolves when those under way are answered, or after `withinMs`. */
  stop(withinMs: number): Promise<void>;
}

/** People at the shop: requests without a trace context, at random moments, `requestsPerSecond` on average. */
export function startLoad(frontendPort: number, requestsPerSecond: number): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: maxInFlight });
  const stopping = new AbortController();
  const inFlight = new Set<Promise<void>>();
  const filledCarts = new Set<string>();
  const orders: string[] = [];

  async function visit(): Promise<void> {
    const call = nextCall(chooseVisit(Math.random()), filledCarts, orders);
    const reply = await exchange(agent, {
      ...call,
      host: 'frontend',
      port: frontendPort,
      headers: { 'user-agent': userAgent },
    });
    const orderId = textField(reply.body, 'orderId');
    if (call.path === '/api/checkout' && orderId !== undefined) {
      orders.push(orderId);
      if (orders.length > rememberedOrders) orders.shift();
    }
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      // Exponential gaps make a Poisson process, as independent people do.
      const gapMs = (-Math.log(1 - Math.random()) * 1000) / requestsPerSecond;
      await sleep(gapMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted || inFlight.size >= maxInFlight) continue;
      // A visit that got no answer is in the services' own spans; nobody else waits for it.
      const visiting = visit().catch(() => undefined);
      inFlight.add(visiting);
      void visiting.finally(() => inFlight.delete(visiting));
    }
  }

  const running = run();
  return {
    async stop(withinMs) {
      stopping.abort();
      await running;
      const patience = new AbortController();
      const timeout = sleep(withinMs, undefined, { signal: patience.signal }).catch(() => undefined);
      await Promise.race([Promise.all(inFlight), timeout]);
      patience.abort();
      agent.destroy();
    },
  };
}

/** What a person does next; `chance` lies in [0, 1). */
export function chooseVisit(chance: number): Visit {
  let below = 0;
  for (const [visit, share] of Object.entries(shares) as [Visit, number][]) {
    below += share;
    if (chance < below) return visit;
  }
  return 'browse';
}

function nextCall(
  visit: Visit,
  filledCarts: Set<string>,
  orders: readonly string[],
): Pick<Exchange, 'method' | 'path' | 'body'> {
  const cartId = `cart-${Math.floor(Math.random() * shoppers)}`;
  const sku = pick(skus) ?? 'mug';
  switch (visit) {
    case 'browse':
      return { method: 'GET', path: '/api/products' };
    case 'look':
      return { method: 'GET', path: `/api/products/${sku}` };
    case 'add':
      filledCarts.add(cartId);
      return { method: 'POST', path: `/api/carts/${cartId}/items`, body: { sku } };
    case 'checkout': {
      const filled = pick([...filledCarts]);
      if (filled === undefined) return nextCall('add', filledCarts, orders);
      filledCarts.delete(filled);
      return { method: 'POST', path: '/api/checkout', body: { cartId: filled } };
    }
    case 'track': {
      const orderId = pick(orders);
      return orderId === undefined
        ? nextCall('browse', filledCarts, orders)
        : { method: 'GET', path: `/api/orders/${orderId}` };
    }
  }
}

function pick<T>(from: readonly T[]): T | undefined {
  return from[Math.floor(Math.random() * from.length)];
}
