import { textField } from '../net/body.ts';
import { serveTraced } from '../net/server.ts';
import { connectDatabase } from '../dependency/database.ts';
import { startConsumer } from '../dependency/messaging.ts';
import { insertShipment, traceShipment } from '../dependency/statements.ts';
import type { StartService } from './service.ts';

/** Makes a shipment of each order, one message at a time, and says where it is: slowly. */
export const startShipping: StartService = async ({ tracer, directory, conduct }) => {
  const database = await connectDatabase(tracer, directory, 'shipping');
  const server = await serveTraced({
    tracer,
    conduct,
    routes: [
      {
        method: 'GET',
        path: '/shipments/{orderId}',
        async handle({ context, parameters }) {
          const orderId = parameters['orderId'] ?? '';
          const [shipment] = await database.query(context, traceShipment, [orderId]);
          return { status: 200, body: shipment ?? { orderId, state: 'preparing' } };
        },
      },
    ],
  });
  const consumer = startConsumer({
    tracer,
    directory,
    topic: 'orders',
    group: 'shipping',
    grouping: 'each',
    async handle(context, [message]) {
      await conduct();
      await database.query(context, insertShipment, [textField(message?.body, 'orderId') ?? '', 'packed']);
    },
  });
  return {
    port: server.port,
    close() {
      consumer.close();
      server.close();
      database.close();
    },
  };
};
