/** `npm run test:chaos -- --minutes N --seed S`: the long form, with a summary. Exit code 0 only when all is well. */
import { isDeepStrictEqual, parseArgs } from 'node:util';

import { runChaos } from './run.ts';
import { makeSchedule } from './schedule.ts';

/** What a round of all faults takes here, with the pauses between them. */
const roundMinutes = 1.6;
const sessionTimeoutMs = 6000;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    rate: { type: 'string', default: '1000' },
  },
});
const seed = Number(values.seed);
const rounds = Math.max(1, Math.round(Number(values.minutes) / roundMinutes));
const startedMs = Date.now();
const elapsed = (): string => `${((Date.now() - startedMs) / 1000).toFixed(0)} s`.padStart(7);
console.log(`seed ${seed}, ${rounds} rounds of all faults, ${values.rate} spans/s`);

const result = await runChaos({
  seed,
  schedule: makeSchedule({ seed, rounds, sessionTimeoutMs }),
  partitions: 6,
  spansPerSecond: Number(values.rate),
  sessionTimeoutMs,
  say: (line) => console.log(`${elapsed()}  ${line}`),
});

const { audit, edges, ledger, deaths, ...rest } = result;
const sum = (of: (p: (typeof audit.partitions)[number]) => number): number =>
  audit.partitions.reduce((total, partition) => total + of(partition), 0);
const equal = isDeepStrictEqual(edges, ledger);
console.log({
  ...rest,
  seed,
  minutes: Number(((Date.now() - startedMs) / 60_000).toFixed(1)),
  chunks: { acknowledged: sum((p) => p.acknowledged), stored: sum((p) => p.stored) },
  lost: sum((p) => p.missing.count),
  doubled: sum((p) => p.doubled.count),
  auditClean: audit.clean,
  ledgerEqual: equal,
  workersEndedByThemselves: deaths.length,
});
for (const { role, output } of deaths) console.log(`--- ${role} ended by itself\n${output.slice(-1500)}`);
if (!equal) console.log({ edges, ledger });
const well = audit.clean && equal && result.openTraces === 0 && result.immortalKeys.length === 0;
process.exitCode = well ? 0 : 1;
