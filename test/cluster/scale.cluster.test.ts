import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, expect, it } from 'vitest';

import { type Cluster, startCluster } from '../harness/cluster.ts';
import { type Fleet, startFleet } from '../harness/fleet.ts';
import { drained, edgesOf, splitTraces } from '../harness/outcome.ts';
import { waitFor } from '../harness/wait.ts';
import { type Traffic, startTraffic } from '../load/traffic.ts';

/** In milliseconds; parts of a trace are at most half of it apart. */
const settleMs = 3000;

let cluster: Cluster | undefined;
let fleet: Fleet | undefined;
afterEach(async () => {
  await fleet?.stop();
  await cluster?.stop();
});

async function start(partitions: number, flags: readonly string[]): Promise<{ cluster: Cluster; fleet: Fleet }> {
  cluster = await startCluster({ partitions, flags });
  fleet = startFleet(cluster, []);
  await fleet.scale('gateway', 1);
  await fleet.scale('sink', 1);
  await fleet.scale('assembler', 1);
  await fleet.settled();
  return { cluster, fleet };
}

function traffic(from: Fleet, seed: number, spansPerSecond: number): Traffic {
  const ports = (): number[] => from.workers('gateway').map((worker) => worker.ports.http);
  return startTraffic({ seed, spansPerSecond, ports, lateMs: null, settleMs });
}

/** CPU seconds of all assemblers that run now, since each of them started. */
async function cpuSeconds(of: Fleet): Promise<number> {
  const each = await Promise.all(of.workers('assembler').map((worker) => worker.metric('process_cpu_seconds_total')));
  return each.reduce((sum, seconds) => sum + seconds, 0);
}

/** Partitions that each assembler has. */
async function shares(of: Fleet): Promise<number[]> {
  const counts = await Promise.all(
    of.workers('assembler').map((worker) => worker.metric('spanloom_assembler_partitions')),
  );
  return counts.toSorted((a, b) => a - b);
}

/** Of the traces that came in time, which must be most. */
async function expectNoneSplit(cluster: Cluster, { punctual, ledger: { traces } }: Traffic): Promise<void> {
  expect(punctual.size, `punctual of ${traces} traces`).toBeGreaterThan(traces / 2);
  expect((await splitTraces(cluster, punctual)).punctual).toBe(0);
}

it('adds and removes assemblers under load: each owns its share, and no trace is split', async () => {
  const { cluster, fleet } = await start(6, [`--settle=${settleMs}ms`, '--quiet', '6s']);
  const sent = traffic(fleet, 11, Number(process.env['TEST_SCALE_RATE'] ?? 1000));
  const steadyMs = Number(process.env['TEST_SCALE_SECONDS'] ?? 3) * 1000;
  // A process that just started compiles as it goes: what it costs later is not known until then.
  const warmUpMs = Number(process.env['TEST_SCALE_WARM_UP_SECONDS'] ?? 0) * 1000;
  const costs: string[] = [];
  for (const [count, expected] of [
    [2, [3, 3]],
    [3, [2, 2, 2]],
    [2, [3, 3]],
  ] as const) {
    await fleet.scale('assembler', count);
    await fleet.settled();
    const own = async (): Promise<true | null> => ((await shares(fleet)).join() === expected.join() ? true : null);
    await waitFor(own, { withinMs: 20_000, what: `shares of ${expected.join(', ')}` });
    await sleep(warmUpMs);
    const before = { spans: sent.ledger.spans, seconds: await cpuSeconds(fleet) };
    await sleep(steadyMs);
    const spans = sent.ledger.spans - before.spans;
    costs.push(`${count}: ${(((await cpuSeconds(fleet)) - before.seconds) / spans) * 1e6} µs a span`);
  }
  console.log(`assemblers and their CPU: ${costs.join(', ')}`);
  await sent.finish();
  const audit = await drained(cluster, fleet);
  expect(audit.clean).toBe(true);
  expect(await edgesOf(fleet)).toEqual(sent.ledger.counts());
  await expectNoneSplit(cluster, sent);
  expect(fleet.deaths).toEqual([]);
});

it('catches up after assemblers were away: no trace is closed early or split', async () => {
  const seconds = Number(process.env['TEST_LAG_SECONDS'] ?? 8);
  const spansPerSecond = Number(process.env['TEST_LAG_RATE'] ?? 1000);
  const { cluster, fleet } = await start(4, [`--settle=${settleMs}ms`, '--quiet', '6s']);
  const sent = traffic(fleet, 12, spansPerSecond);
  await sleep(3000);
  await fleet.scale('assembler', 0);
  await sleep(seconds * 1000);
  await fleet.scale('assembler', 1);
  await fleet.settled();
  await sent.finish();
  const audit = await drained(cluster, fleet);
  expect(audit.clean).toBe(true);
  expect(await edgesOf(fleet)).toEqual(sent.ledger.counts());
  await expectNoneSplit(cluster, sent);
});
