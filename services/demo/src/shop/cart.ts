import { textField } from '../net/body.ts';
import { createClient } from '../net/client.ts';
import { serveTraced } from '../net/server.ts';
import { connectDatabase } from '../dependency/database.ts';
import { startConsumer } from '../dependency/messaging.ts';
import { addToCart, emptyCarts, listCart } from '../dependency/statements.ts';
import type { StartService } from './service.ts';

/** What people mean to buy. Empties carts once their orders are placed, as many at a time as there are. */
export const startCart: StartService = async ({ tracer, directory, conduct }) => {
  const database = await connectDatabase(tracer, directory, 'cart');
  const client = createClient(tracer, directory);
  const server = await serveTraced({
    tracer,
    conduct,
    routes: [
      {
        method: 'GET',
        path: '/carts/{cartId}',
        async handle({ context, parameters }) {
          return {
            status: 200,
            body: await database.query(context, listCart, [parameters['cartId'] ?? '']),
          };
        },
      },
      {
        method: 'POST',
        path: '/carts/{cartId}/items',
        async handle({ context, parameters, body }) {
          const sku = textField(body, 'sku') ?? '';
          await client.expect({
            context,
            host: 'inventory',
            method: 'GET',
            template: '/products/{sku}',
            parameters: { sku },
          });
          await database.query(context, addToCart, [parameters['cartId'] ?? '', sku]);
          return { status: 201, body: {} };
        },
      },
    ],
  });
  const consumer = startConsumer({
    tracer,
    directory,
    topic: 'orders',
    group: 'cart',
    grouping: 'batch',
    async handle(context, messages) {
      await conduct();
      const cartIds = messages.map((message) => textField(message.body, 'cartId') ?? '');
      await database.query(context, emptyCarts, cartIds);
    },
  });
  return {
    port: server.port,
    close() {
      consumer.close();
      server.close();
      client.close();
      database.close();
    },
  };
};
