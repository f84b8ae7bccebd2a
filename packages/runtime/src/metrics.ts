import { Registry, collectDefaultMetrics } from 'prom-client';

/** The registry of this process, with the process's own figures in it. One per process, handed to whoever counts. */
export function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

export type { Registry };
