import type { Span } from '@spanloom/span';

import { type EdgeCounts, Ledger } from '../load/ledger.ts';
import { Random } from '../load/random.ts';
import { makeTrace } from '../load/traces.ts';

/** As many traces are in the services' buffers at once: each service sends its spans of all of them together. */
const tracesPerFlush = 64;
/** Requests of so many flushes reach the gateway in any order. */
const flushesShuffled = 4;

export interface Work {
  /** One service's spans of several traces each, as its SDK would send them. */
  readonly requests: readonly (readonly Span[])[];
  readonly ledger: Ledger;
}

/** The same traces for the same seed, apart from `startMs`: 14 or 27 spans, eight attributes a span. */
export function makeWork(seed: number, traces: number, startMs: number): Work {
  const random = new Random(seed);
  const ledger = new Ledger();
  const requests: (readonly Span[])[] = [];
  const shuffling: (readonly Span[])[] = [];
  let byService = new Map<string, Span[]>();

  const settle = (): void => {
    while (shuffling.length > 0) requests.push(...shuffling.splice(random.int(0, shuffling.length - 1), 1));
  };
  const flush = (): void => {
    shuffling.push(...byService.values());
    byService = new Map();
  };
  for (let made = 1; made <= traces; made++) {
    const trace = makeTrace(random, { startMs, repeats: 1 + (made % 2) });
    ledger.add(trace.calls, trace.spans);
    for (const batch of trace.batches) {
      const service = serviceOf(batch);
      const spans = byService.get(service);
      if (spans === undefined) byService.set(service, [...batch]);
      else spans.push(...batch);
    }
    if (made % tracesPerFlush === 0) flush();
    if (made % (tracesPerFlush * flushesShuffled) === 0) settle();
  }
  flush();
  settle();
  return { requests, ledger };
}

function serviceOf(batch: readonly Span[]): string {
  const name = batch[0]?.resource.attributes.find(({ key }) => key === 'service.name')?.value;
  return name?.type === 'string' ? name.value : '';
}

/** Adds the counts of one ledger to those of others. */
export function addCounts(sum: Record<string, EdgeCounts>, more: Readonly<Record<string, EdgeCounts>>): void {
  for (const [edge, { calls, clientErrors, serverErrors }] of Object.entries(more)) {
    const before = sum[edge] ?? { calls: 0, clientErrors: 0, serverErrors: 0 };
    sum[edge] = {
      calls: before.calls + calls,
      clientErrors: before.clientErrors + clientErrors,
      serverErrors: before.serverErrors + serverErrors,
    };
  }
}
