import { textField } from '../net/body.ts';
import { serveTraced } from '../net/server.ts';
import { connectDatabase } from '../dependency/database.ts';
import { findProduct, listProducts, reserveStock } from '../dependency/statements.ts';
import type { StartService } from './service.ts';

/** Products and their stock. */
export const startInventory: StartService = async ({ tracer, directory, conduct }) => {
  const database = await connectDatabase(tracer, directory, 'inventory');
  const server = await serveTraced({
    tracer,
    conduct,
    routes: [
      {
        method: 'GET',
        path: '/products',
        handle: async ({ context }) => ({
          status: 200,
          body: await database.query(context, listProducts, []),
        }),
      },
      {
        method: 'GET',
        path: '/products/{sku}',
        async handle({ context, parameters }) {
          const [product] = await database.query(context, findProduct, [parameters['sku'] ?? '']);
          return product === undefined
            ? { status: 404, body: { error: 'no such product' } }
            : { status: 200, body: product };
        },
      },
      {
        method: 'POST',
        path: '/reservations',
        async handle({ context, body }) {
          await database.query(context, reserveStock, [textField(body, 'sku') ?? '', '1']);
          return { status: 201, body: {} };
        },
      },
    ],
  });
  return {
    port: server.port,
    close() {
      server.close();
      database.close();
    },
  };
};
