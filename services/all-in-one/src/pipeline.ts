import { createAssembler, createAssemblerMetrics } from '@spanloom/assembler';
import { createGateway } from '@spanloom/gateway';
import { createQuery, createQueryMetrics, defaultQueryConfig } from '@spanloom/query';
import type { Config, Logger, Registry } from '@spanloom/runtime';
import { createSink, createSinkMetrics } from '@spanloom/sink';
import type { Clock } from '@spanloom/span';

import { watchBacklog } from './backlog.ts';
import type { Engines } from './engines.ts';

/** What the last line of the start screen shows. */
export interface Counts {
  /** Spans acknowledged since the start. */
  readonly spans: number;
  readonly traces: number;
  readonly completeTraces: number;
  readonly openTraces: number;
  /** Unix milliseconds; null before the first watermark. */
  readonly completeToMs: number | null;
}

/** The services of one process tree. */
export interface Pipeline {
  start(): Promise<void>;
  /** Rejects when a service died. */
  readonly ended: () => Promise<unknown>;
  /** Intake first, so that nothing new comes while the rest drains. */
  stop(): Promise<void>;
  /** For `/readyz`: why not ready, or null. */
  problem(): string | null;
  counts(): Counts;
}

export interface PipelineOptions {
  readonly config: Config;
  readonly engines: Engines;
  readonly registry: Registry;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** From OTLP to answers: gateway, assembler, sink, query on the same three ports. */
export function createPipeline({ config, engines, registry, logger, clock }: PipelineOptions): Pipeline {
  const { log, buffer, store } = engines;
  const { host } = config;

  const backlog = watchBacklog(log, config.logRetentionBytes, clock);
  const gateway = createGateway({
    log,
    config: {
      host,
      httpPort: config.otlpHttpPort,
      grpcPort: config.otlpGrpcPort,
      maxRequestBytes: config.maxRequestBytes,
      maxInflightBytes: config.maxInflightBytes,
    },
    registry,
    logger: logger.child({ component: 'gateway' }),
    clock,
    refuseBecause: () => backlog.refusal(),
  });

  const assembling = createAssemblerMetrics(registry, logger.child({ component: 'assembler' }));
  const assembler = createAssembler({
    log,
    buffer,
    limits: {
      settleMs: config.settle,
      quietMs: config.quiet,
      maxAgeMs: config.maxAge,
      maxSpans: config.maxTraceSpans,
      maxBytes: config.maxTraceBytes,
    },
    cutIntervalMs: config.cutInterval,
    clock,
    observer: assembling.observer,
  });

  const storing = createSinkMetrics(registry, logger.child({ component: 'sink' }), clock);
  const sink = createSink({
    log,
    store,
    cut: { intervalMs: config.cutInterval, maxSpans: config.cutMaxSpans, maxBytes: config.cutMaxBytes },
    names: { maxOperations: config.maxOperations, maxPeers: config.maxPeers },
    clock,
    observer: storing.observer,
  });

  const query = createQuery({
    store: store.read,
    log,
    buffer,
    clock,
    logger: logger.child({ component: 'query' }),
    metrics: createQueryMetrics(registry),
    config: {
      ...defaultQueryConfig,
      host,
      port: config.queryPort,
      intakePort: config.otlpHttpPort,
      maxTraceAgeMs: config.maxAge,
      settleMs: config.settle,
      quietMs: config.quiet,
    },
  });

  return {
    async start() {
      await sink.start();
      await assembler.start();
      await query.start();
      backlog.start();
      await gateway.start();
    },
    ended: () => Promise.all([assembler.ended(), sink.ended()]),
    async stop() {
      await gateway.stop();
      await backlog.stop();
      await assembler.stop();
      await sink.stop();
      await query.stop();
    },
    problem: () => gateway.problem() ?? backlog.refusal(),
    counts: () => ({
      spans: gateway.counts().acceptedSpans,
      ...assembling.counts(),
      completeToMs: storing.completeToMs(),
    }),
  };
}
