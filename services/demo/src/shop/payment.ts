import { createClient } from '../net/client.ts';
import { serveTraced } from '../net/server.ts';
import type { StartService } from './service.ts';

/** How often payment is too busy and asks for another try. */
const busyRate = 0.06;

/** Charges cards through a card network that exports no spans. */
export const startPayment: StartService = async ({ tracer, directory, conduct }) => {
  const client = createClient(tracer, directory);
  const server = await serveTraced({
    tracer,
    conduct,
    routes: [
      {
        method: 'POST',
        path: '/charges',
        async handle({ context, body }) {
          if (Math.random() < busyRate) return { status: 503, body: { error: 'busy, try again' } };
          await client.expect({
            context,
            host: 'card-network',
            method: 'POST',
            template: '/authorizations',
            body,
          });
          return { status: 201, body: { state: 'charged' } };
        },
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
