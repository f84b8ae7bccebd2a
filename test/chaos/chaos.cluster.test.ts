import { expect, it } from 'vitest';

import { runChaos } from './run.ts';
import { faults, makeSchedule } from './schedule.ts';

const sessionTimeoutMs = 6000;

it('loses nothing and counts nothing twice, whatever is killed, wiped, rolled back or away', async () => {
  const seed = Number(process.env['TEST_CHAOS_SEED'] ?? Date.now() % 1_000_000);
  console.log(`TEST_CHAOS_SEED=${seed}`);
  const schedule = makeSchedule({ seed, rounds: 1, sessionTimeoutMs });
  const say = (line: string): void => console.log(line);
  const result = await runChaos({ seed, schedule, partitions: 4, spansPerSecond: 800, sessionTimeoutMs, say });

  expect(Object.keys(result.faults)).toHaveLength(faults.length);
  expect(result.audit.clean).toBe(true);
  expect(result.edges).toEqual(result.ledger);
  expect(result.openTraces).toBe(0);
  expect(result.immortalKeys).toEqual([]);
  // What came late is another fragment: somebody would notice if none were counted.
  expect(result.split.others).toBeGreaterThan(0);
  console.log(
    `${result.split.punctual} of ${result.traces} traces were split; ${result.deaths.length} workers ended by themselves`,
  );
});
