/** Jaeger's query services over gRPC, as Kiali and others use them. See docs/jaeger.md. */
import { createServer, type Server as NetServer } from 'node:net';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { listen } from '@spanloom/runtime';
import type { JaegerOptions } from '../jaeger/options.ts';
import type { QueryMetrics } from '../metrics.ts';
import { createCalls } from './call.ts';
import { loadDefinitions } from './definitions.ts';
import { queryV2 } from './query-v2.ts';
import { queryV3 } from './query-v3.ts';

export interface GrpcServer {
  /** Resolves with the port. Rejects with a `UserError` that names who has it. */
  start(): Promise<number>;
  /** Gives up what is in flight. */
  stop(): Promise<void>;
}

/** Questions are small. */
const maxRequestBytes = 1024 * 1024;

export function createGrpcServer(options: JaegerOptions & { readonly metrics: QueryMetrics }): GrpcServer {
  const { host, grpcPort: port } = options.config;
  const server = new Server({ 'grpc.max_receive_message_length': maxRequestBytes });
  let listener: NetServer | null = null;
  return {
    async start() {
      const definitions = await loadDefinitions();
      const calls = createCalls(options);
      server.addService(definitions.v2, queryV2(calls, options));
      server.addService(definitions.v3, queryV3(calls, options));
      // Injected, so that listening is done in one way for all servers.
      const connections = server.createConnectionInjector(ServerCredentials.createInsecure());
      listener = createServer({ noDelay: true }, (socket) => connections.injectConnection(socket));
      return await listen(listener, { host, port });
    },
    async stop() {
      const closed = new Promise((resolve) => (listener === null ? resolve(null) : listener.close(resolve)));
      server.forceShutdown();
      await closed;
    },
  };
}
