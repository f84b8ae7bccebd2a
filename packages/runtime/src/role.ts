import type { Clock } from '@spanloom/span';

import { systemClock } from './clock.ts';
import type { Config } from './config/table.ts';
import { type HealthCheck, createHealthServer } from './health.ts';
import { type Service, runServices } from './lifecycle.ts';
import { type Logger, createLogger } from './logger.ts';
import { type Registry, createRegistry } from './metrics.ts';

/** A process that does one part of the work: what it is handed, and how it runs. */
export interface Role {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: Registry;
  /**
   * Runs the parts, `/livez`, `/readyz` and `/metrics` until a signal comes or a part dies. Resolves
   * with the exit code.
   */
  run(parts: RoleParts): Promise<number>;
}

export interface RoleParts {
  /** Started in this order, stopped in the reverse. */
  readonly services: readonly Service[];
  /** Asked at each `/readyz`, once all services have started. */
  readonly checks: () => readonly HealthCheck[];
}

/** What is open when the role starts, and is closed last. */
export function closing(name: string, resource: { close(): Promise<void> }): Service {
  return { name, start: async () => undefined, stop: () => resource.close() };
}

/** A worker that takes 10 s for a batch at worst is let finish it: what it holds is not read again by the next one. */
const drainMs = 15_000;

export function createRole(name: string, config: Config): Role {
  const clock = systemClock;
  const registry = createRegistry();
  const logger = createLogger({ level: config.logLevel, format: config.logFormat, destination: process.stderr });
  const own = logger.child({ component: name });

  async function run({ services, checks }: RoleParts): Promise<number> {
    let started = false;
    const health = createHealthServer({
      host: config.host,
      port: config.healthPort,
      registry,
      checks: () => (started ? checks() : [{ name, problem: 'starting' }]),
    });
    const said: Service = {
      name: 'ready',
      async start() {
        started = true;
        own.info({}, 'ready');
      },
      stop: async () => own.info({}, 'stopping'),
    };
    return runServices({
      services: [health, ...services, said],
      process,
      clock,
      drainMs,
      print: (line) => void process.stderr.write(`${line}\n`),
    });
  }

  return { config, clock, logger: own, registry, run };
}
