import { createAssembler, createAssemblerMetrics, limitsOf } from '@spanloom/assembler';
import { createGateway, gatewayConfigOf } from '@spanloom/gateway';
import { createQuery, createQueryMetrics, queryConfigOf } from '@spanloom/query';
import { createRollup, createRollupMetrics, rollupConfigOf } from '@spanloom/rollup';
import type { Config, Logger, Registry } from '@spanloom/runtime';
import { createSink, createSinkMetrics } from '@spanloom/sink';
import type { Clock } from '@spanloom/span';

import { randomBytes } from 'node:crypto';

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

/** From OTLP to answers: gateway, assembler, sink, rollup, query on the same three ports. */
export function createPipeline({ config, engines, registry, logger, clock }: PipelineOptions): Pipeline {
  const { log, buffer, store } = engines;

  const backlog = watchBacklog(log, config.logRetentionBytes, clock);
  const gateway = createGateway({
    log,
    config: gatewayConfigOf(config, clock),
    registry,
    logger: logger.child({ component: 'gateway' }),
    clock,
    refuseBecause: () => backlog.refusal(),
  });

  const assembling = createAssemblerMetrics(registry, logger.child({ component: 'assembler' }));
  const assembler = createAssembler({
    log,
    buffer,
    limits: limitsOf(config),
    cut: log.stream.cut,
    clock,
    observer: assembling.observer,
  });

  const storing = createSinkMetrics(registry, logger.child({ component: 'sink' }), clock);
  const sink = createSink({
    log,
    store,
    cut: log.stream.cut,
    names: { maxOperations: config.maxOperations, maxPeers: config.maxPeers },
    clock,
    observer: storing.observer,
  });

  const rollup = createRollup({
    store: store.rollups,
    clock,
    random: randomBytes,
    observer: createRollupMetrics(registry, logger.child({ component: 'rollup' }), clock),
    config: rollupConfigOf(config),
  });

  const query = createQuery({
    store: store.read,
    keeper: store,
    log,
    buffer,
    clock,
    logger: logger.child({ component: 'query' }),
    metrics: createQueryMetrics(registry),
    config: { ...queryConfigOf(config), demo: config.demo },
  });

  return {
    async start() {
      await sink.start();
      await assembler.start();
      await query.start();
      backlog.start();
      await gateway.start();
      await rollup.start();
    },
    ended: () => Promise.all([gateway.ended(), assembler.ended(), sink.ended(), rollup.ended()]),
    async stop() {
      await gateway.stop();
      await backlog.stop();
      await assembler.stop();
      await sink.stop();
      await rollup.stop();
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
