import { homedir } from 'node:os';

import { limitsOf } from '@spanloom/assembler';
import { type Demo, startDemo } from '@spanloom/demo';
import { normalBasePath } from '@spanloom/query';
import {
  type Config,
  createHealthServer,
  createLogger,
  createRegistry,
  createStatusLine,
  createTerminal,
  ensureWritableFolder,
  folderBytes,
  runServices,
  startScreen,
  systemClock,
} from '@spanloom/runtime';

import { type Engines, openEngines } from './engines.ts';
import { type Pipeline, createPipeline } from './pipeline.ts';
import { reachable } from './reachable.ts';
import { version } from './version.ts';

/** A gentle rate: about 13 spans a second. */
const demoRequestsPerSecond = 2;

/** Runs the whole pipeline in this process tree until a signal comes. Resolves with the exit code. */
export async function allInOne(config: Config): Promise<number> {
  // Refused before anything is made on disk.
  limitsOf(config);
  await ensureWritableFolder(config.dataDir);

  const clock = systemClock;
  const terminal = createTerminal(process.stderr);
  const logger = createLogger({ level: config.logLevel, format: config.logFormat, destination: terminal });
  const registry = createRegistry();

  let engines: Engines | null = null;
  let pipeline: Pipeline | null = null;
  let demo: Demo | null = null;

  const storage = {
    name: 'storage',
    async start() {
      engines = await openEngines({ config, clock, logger, command: ['spanloom', ...process.argv.slice(2)].join(' ') });
      pipeline = createPipeline({ config, engines, registry, logger, clock });
    },
    stop: async () => engines?.close(),
  };
  const services = {
    name: 'pipeline',
    start: async () => pipeline?.start(),
    ended: () => pipeline?.ended() ?? Promise.resolve(),
    stop: async () => pipeline?.stop(),
  };
  const health = createHealthServer({
    host: config.host,
    port: config.healthPort,
    registry,
    checks: () => [{ name: 'gateway', problem: pipeline === null ? 'not started' : pipeline.problem() }],
  });
  const traffic = {
    name: 'demo',
    async start() {
      if (!config.demo) return;
      demo = await startDemo({
        otlpEndpoint: `http://${reachable(config.host)}:${config.otlpHttpPort}`,
        dataDir: config.dataDir,
        requestsPerSecond: demoRequestsPerSecond,
        onProblem: (problem) => {
          logger.warn({ component: 'demo' }, problem);
        },
      });
    },
    stop: async () => demo?.stop(),
  };
  const screen = {
    name: 'screen',
    async start() {
      if (engines !== null) terminal.write(screenText(config, engines, demo));
    },
    stop: async () => undefined,
  };
  const line = createStatusLine({
    terminal,
    logger,
    clock,
    async read() {
      const { completeToMs, ...counts } = pipeline?.counts() ?? noCounts;
      return {
        ...counts,
        behindMs: completeToMs === null ? null : clock.now() - completeToMs,
        diskBytes: await folderBytes(config.dataDir),
      };
    },
  });

  return runServices({
    services: [storage, services, health, traffic, screen, line],
    process,
    clock,
    print: (text) => {
      terminal.live('');
      terminal.write(`${text}\n`);
    },
  });
}

const noCounts = { spans: 0, traces: 0, completeTraces: 0, openTraces: 0, completeToMs: null };

function screenText(config: Config, engines: Engines, demo: Demo | null): string {
  return `${startScreen({
    version,
    nodeVersion: process.version,
    platform: `${process.platform}-${process.arch}`,
    store: engines.storeName,
    storeReadyMs: engines.storeReadyMs,
    dataDir: config.dataDir,
    homeDir: homedir(),
    logRetentionMs: config.logRetention,
    logRetentionBytes: config.logRetentionBytes,
    host: config.host,
    otlpGrpcPort: config.otlpGrpcPort,
    otlpHttpPort: config.otlpHttpPort,
    queryPort: config.queryPort,
    queryPath: normalBasePath(config.queryBasePath),
    demo: demo === null ? null : { services: demo.services.length, environment: demo.environment },
  })}\n`;
}
