import { describe, expect, it } from 'vitest';
import { createConduct, noFault } from './conduct.ts';
import type { ConductOptions, Fault } from './conduct.ts';
import { latency, sampleLatencyMs } from './latency.ts';

/** The same numbers in [0, 1) on every run. */
function seededRandom(): () => number {
  let state = 7;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

function service(overrides: Partial<ConductOptions>): { visit: () => Promise<void>; sleptMs: number[] } {
  const sleptMs: number[] = [];
  const visit = createConduct({
    latency: latency(5, 0.5),
    errorRate: 0,
    failure: ['DeadlockDetected', 'deadlock'],
    fault: () => noFault,
    random: seededRandom(),
    sleep: (ms) => Promise.resolve(sleptMs.push(ms)),
    ...overrides,
  });
  return { visit, sleptMs };
}

async function failuresIn(visits: number, visit: () => Promise<void>): Promise<string[]> {
  const names: string[] = [];
  for (let i = 0; i < visits; i++) await visit().catch((error: Error) => names.push(error.name));
  return names;
}

describe('the latency of a service', () => {
  it('is log-normal: half below the median, 99 % below 3.2 times it', () => {
    const random = seededRandom();
    const sorted = Array.from({ length: 20_000 }, () => sampleLatencyMs(latency(10, 0.5), random)).sort(
      (a, b) => a - b,
    );
    expect(sorted[10_000]).toBeCloseTo(10, 0);
    expect((sorted[19_800] ?? 0) / 10).toBeCloseTo(3.2, 0);
    expect(sorted[0]).toBeGreaterThan(0);
  });

  it('grows by what is injected, and is natural again when that is taken back', async () => {
    let fault: Fault = { latencyMs: 400, errorRate: 0 };
    const { visit, sleptMs } = service({ fault: () => fault });
    await visit();
    fault = noFault;
    await visit();
    expect(sleptMs[0]).toBeGreaterThan(400);
    expect(sleptMs[1]).toBeLessThan(100);
  });
});

describe('the errors of a service', () => {
  it('come at the natural rate, by the name of what went wrong', async () => {
    const names = await failuresIn(5_000, service({ errorRate: 0.02 }).visit);
    expect(names.length / 5_000).toBeCloseTo(0.02, 2);
    expect(new Set(names)).toEqual(new Set(['DeadlockDetected']));
  });

  it('come at the rate that was injected', async () => {
    const names = await failuresIn(5_000, service({ fault: () => ({ latencyMs: 0, errorRate: 0.2 }) }).visit);
    expect(names.length / 5_000).toBeCloseTo(0.2, 1);
    expect(new Set(names)).toEqual(new Set(['InjectedError']));
  });

  it('are all there is at 100 %', async () => {
    expect(await failuresIn(100, service({ fault: () => ({ latencyMs: 0, errorRate: 1 }) }).visit)).toHaveLength(100);
  });
});
