import type { Tracer } from '@opentelemetry/api';
import type { ConductOptions } from '../conduct.ts';
import { latency } from '../latency.ts';
import type { ServiceName } from '../names.ts';
import type { Directory } from '../net/directory.ts';

/** What a service of the shop is made of. */
export interface ServiceParts {
  readonly tracer: Tracer;
  readonly directory: Directory;
  /** Awaited for each request and message: see `createConduct`. */
  readonly conduct: () => Promise<void>;
}

export interface RunningService {
  readonly port: number;
  close(): void;
}

/** Starts a service; resolves when it listens. The services that it calls are in the directory by then. */
export type StartService = (parts: ServiceParts) => Promise<RunningService>;

/**
 * How each service behaves at rest. A request visits two to five services, so failing 0.8 % of
 * visits makes about 2 % of requests fail.
 */
export const characters: Record<ServiceName, Pick<ConductOptions, 'latency' | 'errorRate' | 'failure'>> = {
  frontend: {
    latency: latency(1.5, 0.4),
    errorRate: 0.002,
    failure: ['RenderError', 'template "page" has no block "main"'],
  },
  checkout: {
    latency: latency(3, 0.4),
    errorRate: 0.008,
    failure: ['PricingError', 'no price for sku "tray" in EUR'],
  },
  cart: {
    latency: latency(2, 0.4),
    errorRate: 0.008,
    failure: ['DeadlockDetected', 'deadlock detected on cart_items'],
  },
  inventory: {
    latency: latency(2, 0.5),
    errorRate: 0.008,
    failure: ['StaleReadError', 'stock changed while it was read'],
  },
  payment: {
    latency: latency(6, 0.6),
    errorRate: 0.015,
    failure: ['CardNetworkError', 'card network closed the connection'],
  },
  shipping: {
    latency: latency(3, 0.5),
    errorRate: 0.008,
    failure: ['CarrierError', 'carrier refused the label'],
  },
};
