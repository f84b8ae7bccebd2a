import { listen } from '@spanloom/runtime';
import { createArchive } from './archive/archive.ts';
import { createGrpcServer } from './grpc/server.ts';
import { remembering } from './http/remembering.ts';
import { createServer } from './http/server.ts';
import { jaegerRoutes } from './jaeger/routes.ts';
import { jaegerV3Routes } from './jaeger-v3/routes.ts';
import type { QueryOptions } from './options.ts';
import { page } from './page.ts';
import { createTraceReader } from './trace/read.ts';
import { apiRoutes } from './v1/routes.ts';

/** The query service: Jaeger's APIs over HTTP and gRPC, Spanloom's own, and the first page. */
export interface Query {
  /** Resolves when both ports accept requests. Rejects with a `UserError` that names who has one. */
  start(): Promise<void>;
  /** Gives up what is in flight, and resolves when the ports are free. */
  stop(): Promise<void>;
  /** The port really taken; that of the configuration before the start. */
  readonly port: number;
  readonly grpcPort: number;
}

export function createQuery(options: QueryOptions): Query {
  const { log, buffer, clock, logger, metrics, config } = options;
  const store = remembering(options.store, clock);
  const readTraces = createTraceReader(options);
  const server = createServer(config, metrics);
  let { port, grpcPort } = config;
  const archive = createArchive(readTraces, options.keeper);
  const routes = { store, log, buffer, stream: log.stream, readTraces, archive, clock, logger, config };
  const grpc = createGrpcServer({ ...routes, metrics });

  void server.register(jaegerRoutes(routes));
  void server.register(jaegerV3Routes(routes));
  void server.register(apiRoutes(routes), { prefix: '/api/v1' });
  void server.register(page(config));

  return {
    async start() {
      await server.ready();
      port = await listen(server.server, config);
      try {
        grpcPort = await grpc.start();
      } catch (error) {
        server.server.close();
        throw error;
      }
    },
    async stop() {
      // Reads can be repeated, so those in flight are cut off; fastify does so only for ports that it opened itself.
      server.server.close();
      server.server.closeAllConnections();
      await Promise.all([server.close(), grpc.stop()]);
    },
    get port() {
      return port;
    },
    get grpcPort() {
      return grpcPort;
    },
  };
}
