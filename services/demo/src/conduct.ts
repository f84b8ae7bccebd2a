import { sampleLatencyMs } from './latency.ts';
import type { LatencyShape } from './latency.ts';
import { ShopError } from './net/failure.ts';

/** A share as people read it: `20 %`. */
export function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}

/** What `demo:break` asked of a service; both at rest: nothing. */
export interface Fault {
  readonly latencyMs: number;
  /** Share of requests that fail, from 0 to 1. */
  readonly errorRate: number;
}

export const noFault: Fault = { latencyMs: 0, errorRate: 0 };

export interface ConductOptions {
  readonly latency: LatencyShape;
  /** Share of requests that fail without anybody asking for it. */
  readonly errorRate: number;
  /** The failure: `exception.type` and `exception.message`. */
  readonly failure: readonly [name: string, message: string];
  /** What is injected now; read for each request. */
  readonly fault: () => Fault;
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
}

/**
 * How a service behaves before it does its work: takes its time, and now and then fails. Rejects
 * with a `ShopError`, which the server turns into a 500.
 */
export function createConduct(options: ConductOptions): () => Promise<void> {
  const { random } = options;
  return async () => {
    const fault = options.fault();
    await options.sleep(sampleLatencyMs(options.latency, random) + fault.latencyMs);
    if (random() < fault.errorRate) {
      throw new ShopError(
        'InjectedError',
        `failed on purpose, as demo:break asked (${percent(fault.errorRate)} of requests)`,
      );
    }
    if (random() < options.errorRate) throw new ShopError(...options.failure);
  };
}
