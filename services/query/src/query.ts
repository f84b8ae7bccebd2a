import { listen } from '@spanloom/runtime';
import { createServer } from './http/server.ts';
import { jaegerRoutes } from './jaeger/routes.ts';
import type { QueryOptions } from './options.ts';
import { page } from './page.ts';
import { createTraceReader } from './trace/read.ts';
import { apiRoutes } from './v1/routes.ts';

/** The query service: Jaeger's API, Spanloom's own, and the first page. */
export interface Query {
  /** Resolves when the port accepts requests. Rejects with a `UserError` that names who has it. */
  start(): Promise<void>;
  /** Gives up what is in flight, and resolves when the port is free. */
  stop(): Promise<void>;
  /** The port really taken; that of the configuration before the start. */
  readonly port: number;
}

export function createQuery(options: QueryOptions): Query {
  const { store, log, clock, logger, metrics, config } = options;
  const readTraces = createTraceReader(options);
  const server = createServer(config, metrics);
  let { port } = config;
  const routes = { store, stream: log.stream, readTraces, clock, logger, config };

  void server.register(jaegerRoutes(routes));
  void server.register(apiRoutes(routes), { prefix: '/api/v1' });
  void server.register(page(config));

  return {
    async start() {
      await server.ready();
      port = await listen(server.server, config);
    },
    async stop() {
      // Reads can be repeated, so those in flight are cut off; fastify does so only for ports that it opened itself.
      server.server.close();
      server.server.closeAllConnections();
      await server.close();
    },
    get port() {
      return port;
    },
  };
}
