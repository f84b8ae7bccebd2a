import { noFault } from '../conduct.ts';
import type { Fault } from '../conduct.ts';
import type { ServiceName } from '../names.ts';

/** What to change about a service's fault; `off` takes away all of it. */
export type FaultChange =
  | { readonly type: 'latency'; readonly latencyMs: number }
  | { readonly type: 'errors'; readonly errorRate: number }
  | { readonly type: 'off' };

/** Latency and errors add up: a change of one keeps the other. */
export function applyChange(fault: Fault, change: FaultChange): Fault {
  switch (change.type) {
    case 'latency':
      return { ...fault, latencyMs: change.latencyMs };
    case 'errors':
      return { ...fault, errorRate: change.errorRate };
    case 'off':
      return noFault;
  }
}

/** The faults that are in force, by service. */
export interface Faults {
  of(service: ServiceName): Fault;
  change(service: ServiceName, change: FaultChange): Fault;
}

export function createFaults(): Faults {
  const faults = new Map<ServiceName, Fault>();
  const of = (service: ServiceName): Fault => faults.get(service) ?? noFault;
  return {
    of,
    change(service, change) {
      const fault = applyChange(of(service), change);
      faults.set(service, fault);
      return fault;
    },
  };
}
