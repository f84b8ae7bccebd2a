import { createClient } from '../net/client.ts';
import { serveTraced } from '../net/server.ts';
import type { StartService } from './service.ts';

/** The shop's face: what browsers talk to. Every trace of a person's click begins here. */
export const startFrontend: StartService = async ({ tracer, directory, conduct }) => {
  const client = createClient(tracer, directory);
  const server = await serveTraced({
    tracer,
    conduct,
    routes: [
      {
        method: 'GET',
        path: '/api/products',
        handle: ({ context }) => client.expect({ context, host: 'inventory', method: 'GET', template: '/products' }),
      },
      {
        method: 'GET',
        path: '/api/products/{sku}',
        handle: ({ context, parameters }) =>
          client.expect({
            context,
            host: 'inventory',
            method: 'GET',
            template: '/products/{sku}',
            parameters,
          }),
      },
      {
        method: 'POST',
        path: '/api/carts/{cartId}/items',
        handle: ({ context, parameters, body }) =>
          client.expect({
            context,
            host: 'cart',
            method: 'POST',
            template: '/carts/{cartId}/items',
            parameters,
            body,
          }),
      },
      {
        method: 'POST',
        path: '/api/checkout',
        handle: ({ context, body }) =>
          client.expect({ context, host: 'checkout', method: 'POST', template: '/orders', body }),
      },
      {
        method: 'GET',
        path: '/api/orders/{orderId}',
        handle: ({ context, parameters }) =>
          client.expect({
            context,
            host: 'shipping',
            method: 'GET',
            template: '/shipments/{orderId}',
            parameters,
          }),
      },
    ],
  });
  return {
    port: server.port,
    close() {
      server.close();
      client.close();
    },
  };
};
