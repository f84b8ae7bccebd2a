import { encodeSpans } from '@spanloom/wire';
import { describe, expect, test } from 'vitest';

import { assemblerWork, gatewayWork, sinkWork } from './in-process.ts';
import { calibrate } from './usage.ts';
import { makeWork } from './work.ts';

/**
 * The CPU time of each stage for a span, in parts of a fixed piece of work in the same process: what a
 * slow or busy machine does to the one it does to the other. A bound is about three times what was measured
 * when it was set; it is there to notice what makes a stage several times dearer, not a few percent.
 */
const bounds = { gateway: 45, assembler: 40, sink: 60 };

const rounds = 3;

/** Microseconds a span for each second that the fixed work takes, in the cheapest of some rounds: the others had company. */
async function costOf(spans: number, work: () => Promise<unknown> | unknown): Promise<number> {
  let least = Infinity;
  for (let round = 0; round < rounds; round++) {
    const fixed = calibrate();
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / spans / fixed);
  }
  return least;
}

describe('the CPU time of a span', () => {
  test('is what it was', async () => {
    const { requests, ledger } = makeWork(1, 1000, 1_700_000_000_000);
    const encoded = requests.map((spans) => encodeSpans(spans));
    const records = gatewayWork(encoded);
    const traces = await assemblerWork(records);
    expect(await sinkWork(traces)).toBe(ledger.spans);

    const costs = {
      gateway: await costOf(ledger.spans, () => gatewayWork(encoded)),
      assembler: await costOf(ledger.spans, () => assemblerWork(records)),
      sink: await costOf(ledger.spans, () => sinkWork(traces)),
    };
    expect(costs.gateway).toBeLessThan(bounds.gateway);
    expect(costs.assembler).toBeLessThan(bounds.assembler);
    expect(costs.sink).toBeLessThan(bounds.sink);
  });
});
