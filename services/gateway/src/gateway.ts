import { createServer } from 'node:net';
import { ServerCredentials } from '@grpc/grpc-js';
import type { Log } from '@spanloom/log';
import { listen, UserError } from '@spanloom/runtime';
import type { Registry } from '@spanloom/runtime';
import type { Clock } from '@spanloom/span';
import { createAdmission } from './admission.ts';
import { createGrpcServer } from './grpc.ts';
import { createHttpServer } from './http/server.ts';
import { createIntake } from './intake.ts';
import { createKafkaInput } from './kafka-input/input.ts';
import type { KafkaInputConfig } from './kafka-input/input.ts';
import type { GatewayLogger } from './logger.ts';
import { createGatewayMetrics } from './metrics.ts';

export interface GatewayConfig {
  /** The address to listen on. */
  readonly host: string;
  /** 0: any free port. */
  readonly httpPort: number;
  readonly grpcPort: number;
  /** Of a body, before and after its compression is undone. */
  readonly maxRequestBytes: number;
  /** Of all requests that are received and not yet durable; at least `maxRequestBytes`. */
  readonly maxInflightBytes: number;
  /** Topics of OpenTelemetry collectors to read as well. */
  readonly kafkaInput?: KafkaInputConfig;
}

export interface GatewayOptions {
  readonly log: Pick<Log, 'stream' | 'append'>;
  readonly config: GatewayConfig;
  readonly registry: Registry;
  readonly logger: GatewayLogger;
  readonly clock: Clock;
  /** Null, or a sentence that says why nothing can be taken in now: clients are told to come back. */
  readonly refuseBecause?: () => string | null;
}

/** Takes in spans over OTLP, and from topics of collectors, and answers success only after the log has them. */
export interface Gateway {
  readonly name: 'gateway';
  /** Resolves with the ports once both are open. Rejects with a {@link UserError} that names who has a port. */
  start(): Promise<{ readonly httpPort: number; readonly grpcPort: number }>;
  /** Rejects when the Kafka input died; never without one. The process must exit. */
  ended(): Promise<unknown>;
  /** Takes no more, answers what is inside, and resolves; after 3 s it cuts off what is left. */
  stop(): Promise<void>;
  /** For `/readyz`: null, or why the log takes nothing until somebody mends it, or why the Kafka input stands still. */
  problem(): string | null;
  /** Since the start. */
  counts(): { readonly acceptedSpans: number };
}

const retryAfterMs = 1000;
const drainMs = 3000;

export function createGateway({
  log,
  config,
  registry,
  logger,
  clock,
  refuseBecause = () => null,
}: GatewayOptions): Gateway {
  const { host, maxRequestBytes, maxInflightBytes } = config;
  if (maxInflightBytes < maxRequestBytes) {
    const message = `The limit of bytes in flight (${maxInflightBytes}) is below that of one request (${maxRequestBytes}).`;
    throw new UserError(message, { hint: 'Raise the first or lower the second.' });
  }
  const admission = createAdmission({ maxInflightBytes, retryAfterMs, refuseBecause });
  const metrics = createGatewayMetrics(registry, admission.inflightBytes);
  const intake = createIntake({ log, metrics, logger, clock });
  const http = createHttpServer({ intake, admission, maxRequestBytes, metrics });
  const grpc = createGrpcServer({ intake, admission, maxRequestBytes, metrics });
  const input =
    config.kafkaInput === undefined
      ? null
      : createKafkaInput({
          config: config.kafkaInput,
          log,
          intake,
          admission,
          maxRequestBytes,
          registry,
          logger,
          clock,
        });
  const grpcConnections = grpc.createConnectionInjector(ServerCredentials.createInsecure());
  const grpcListener = createServer({ noDelay: true }, (socket) => grpcConnections.injectConnection(socket));

  function closeAll(): Promise<unknown> {
    return Promise.all([
      admission.close(),
      input?.stop(),
      new Promise((resolve) => http.close(resolve)),
      new Promise((resolve) => grpcListener.close(resolve)),
      new Promise((resolve) => grpc.tryShutdown(resolve)),
    ]);
  }

  return {
    name: 'gateway',
    async start() {
      const httpPort = await listen(http, { host, port: config.httpPort });
      try {
        const grpcPort = await listen(grpcListener, { host, port: config.grpcPort });
        await input?.start();
        return { httpPort, grpcPort };
      } catch (error) {
        http.close();
        grpcListener.close();
        throw error;
      }
    },
    ended: () => input?.ended() ?? new Promise(() => undefined),
    async stop() {
      const drained = new AbortController();
      await Promise.race([closeAll(), clock.sleep(drainMs, drained.signal)]);
      drained.abort();
      http.closeAllConnections();
      grpc.forceShutdown();
    },
    problem: () => intake.problem() ?? input?.problem() ?? null,
    counts: () => ({ acceptedSpans: intake.acceptedSpans() }),
  };
}
