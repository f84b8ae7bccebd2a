import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '@opentelemetry/api';
import { textField } from '../net/body.ts';
import { createClient } from '../net/client.ts';
import type { Client } from '../net/client.ts';
import { ShopError } from '../net/failure.ts';
import { serveTraced } from '../net/server.ts';
import { connectDatabase } from '../dependency/database.ts';
import { createProducer } from '../dependency/messaging.ts';
import { insertOrder } from '../dependency/statements.ts';
import type { StartService } from './service.ts';

const maxChargeAttempts = 3;
const firstRetryMs = 25;

/** Turns a cart into an order: the longest chain of calls in the shop. */
export const startCheckout: StartService = async ({ tracer, directory, conduct }) => {
  const database = await connectDatabase(tracer, directory, 'orders');
  const client = createClient(tracer, directory);
  const producer = createProducer(tracer, directory);
  const server = await serveTraced({
    tracer,
    conduct,
    routes: [
      {
        method: 'POST',
        path: '/orders',
        async handle({ context, body }) {
          const cartId = textField(body, 'cartId') ?? '';
          const orderId = `order-${randomUUID().slice(0, 13)}`;
          const skus = await itemsOf(client, context, cartId);
          await Promise.all(skus.map((sku) => reserve(client, context, sku)));
          const cents = 900 + skus.length * 700;
          await charge(client, context, { orderId, cents });
          await database.query(context, insertOrder, [orderId, cartId, String(cents)]);
          await producer.publish(context, 'orders', { orderId, cartId });
          return { status: 201, body: { orderId } };
        },
      },
    ],
  });
  return {
    port: server.port,
    close() {
      server.close();
      client.close();
      producer.close();
      database.close();
    },
  };
};

async function itemsOf(client: Client, context: Context, cartId: string): Promise<readonly string[]> {
  const reply = await client.expect({
    context,
    host: 'cart',
    method: 'GET',
    template: '/carts/{cartId}',
    parameters: { cartId },
  });
  return Array.isArray(reply.body) ? reply.body.flatMap((item: unknown) => textField(item, 'sku') ?? []) : [];
}

async function reserve(client: Client, context: Context, sku: string): Promise<void> {
  await client.expect({
    context,
    host: 'inventory',
    method: 'POST',
    template: '/reservations',
    body: { sku },
  });
}

/** Payment answers 503 when it is busy; each further try is a span of its own. */
async function charge(client: Client, context: Context, body: unknown): Promise<void> {
  for (let attempt = 0; attempt < maxChargeAttempts; attempt++) {
    if (attempt > 0) await sleep(firstRetryMs * 2 ** (attempt - 1));
    const reply = await client.send({
      context,
      host: 'payment',
      method: 'POST',
      template: '/charges',
      body,
      ...(attempt === 0 ? {} : { resendCount: attempt }),
    });
    if (reply.status < 400) return;
    if (reply.status !== 503) throw new ShopError('PaymentError', `payment answered ${reply.status}`);
  }
  throw new ShopError('PaymentError', `payment was busy ${maxChargeAttempts} times`);
}
