/**
 * `npm run bench`: what each stage costs, as the process that runs it in production. `--traces N`,
 * `--rounds N`, `--only cluster|embedded`, `--against BUILD`, `--peer PATH`, `--json FILE`, `--profile FOLDER`; see docs/performance.md.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual, parseArgs } from 'node:util';

import { type EdgesAnswer, countsOf } from '../harness/answers.ts';
import { type Cluster, startCluster } from '../harness/cluster.ts';
import { cli } from '../harness/pipeline.ts';
import { waitFor } from '../harness/wait.ts';
import type { EdgeCounts } from '../load/ledger.ts';
import type { Measurement } from './measure.ts';
import { preparePeer } from './peer.ts';
import { topFunctions } from './profile.ts';
import { medianBy, resultOf, table } from './report.ts';
import { type Build, measureEmbedded, runClusterStages, stageFlags } from './stages.ts';

const { values } = parseArgs({
  options: {
    traces: { type: 'string', default: '20000' },
    rounds: { type: 'string', default: '3' },
    against: { type: 'string' },
    only: { type: 'string', default: '' },
    peer: { type: 'string' },
    json: { type: 'string' },
    profile: { type: 'string' },
  },
});
const traces = Number(values.traces);
const rounds = Number(values.rounds);
const startMs = Date.now();
const partitions = 8;

/** This one, and another to compare with: flags of Node and its compiled command, as in `--against='--jitless ../old/…/cli.js'`. */
const builds: readonly Build[] = [
  { suffix: '', node: [cli] },
  ...(values.against === undefined ? [] : [{ suffix: ' (other)', node: values.against.split(' ') }]),
];

const measurements: Measurement[] = [];
const peerMeasurements: Measurement[] = [];
let equal = true;

function tell(measured: readonly Measurement[]): void {
  for (const { stage, spansPerCpuSecond, calibrationSeconds } of measured) {
    console.log(`  ${stage}: ${spansPerCpuSecond} spans per CPU second (calibration ${calibrationSeconds} s)`);
  }
}

/** What a query service of its own answers must be what was sent. */
async function check(cluster: Cluster, ledger: Readonly<Record<string, EdgeCounts>>): Promise<void> {
  const audit = await cluster.audit();
  const query = await cluster.start('query', stageFlags);
  await query.ready();
  compare('cluster', await edgesFrom(query.ports.query), ledger);
  await query.group.stop();
  if (!audit.clean) {
    equal = false;
    console.log(`The audit is not clean: ${JSON.stringify(audit.partitions)}`);
  }
}

async function edgesFrom(port: number): Promise<Record<string, EdgeCounts>> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/edges?from=now-6h&limit=10000`);
  if (!answer.ok) throw new Error(`edges: ${answer.status} ${await answer.text()}`);
  return countsOf((await answer.json()) as EdgesAnswer);
}

function compare(
  where: string,
  found: Readonly<Record<string, EdgeCounts>>,
  ledger: Readonly<Record<string, EdgeCounts>>,
): void {
  if (isDeepStrictEqual(found, ledger)) return;
  equal = false;
  console.log(`The edges of the ${where} differ from the ledger:`);
  console.log({ found, ledger });
}

async function runEmbedded(seed: number, profiles: string | null): Promise<void> {
  const { measurement, counts, pipeline, stop } = await measureEmbedded(
    { traces, startMs, profiles, ledger: {} },
    seed,
  );
  try {
    measurements.push(measurement);
    tell([measurement]);
    await waitFor(async () => (isDeepStrictEqual(await edgesFrom(pipeline.ports.query), counts) ? true : null), {
      withinMs: 10_000,
      what: 'the edges',
    }).catch(() => undefined);
    compare('embedded pipeline', await edgesFrom(pipeline.ports.query), counts);
  } finally {
    await stop();
  }
}

const profiles = values.profile ?? null;
if (profiles !== null) mkdirSync(profiles, { recursive: true });
const onCluster = values.only === '' || values.only === 'cluster';
const cluster = onCluster ? await startCluster({ partitions, flags: [] }) : null;
try {
  const ledger: Record<string, EdgeCounts> = {};
  const peer =
    values.peer === undefined || cluster === null
      ? null
      : await preparePeer({ binary: values.peer, brokers: cluster.kafka.brokers, partitions, traces, startMs });
  for (let round = 1; round <= rounds; round++) {
    console.log(`round ${round} of ${rounds}`);
    if (cluster !== null) {
      for (const [i, build] of builds.entries()) {
        const measured = await runClusterStages(
          { cluster, traces, startMs, profiles, ledger, build },
          10 * round + 3 * i,
        );
        measurements.push(...measured);
        tell(measured);
      }
    }
    if (peer !== null) {
      const measured = await peer.run();
      peerMeasurements.push(...measured);
      tell(measured);
    }
    if (values.only !== 'cluster') await runEmbedded(10 * round + 7, profiles);
  }
  if (cluster !== null) await check(cluster, ledger);
} finally {
  await cluster?.stop();
}

console.log(`\n${table(measurements)}`);
if (peerMeasurements.length > 0) {
  console.log(`\nThe OpenTelemetry Collector on the same spans:\n${table(peerMeasurements)}`);
  for (const [stage, name] of [
    ['assembler', 'groupbytrace'],
    ['pipeline', 'servicegraph'],
  ]) {
    const ratio =
      medianBy(
        measurements.filter((each) => each.stage === stage),
        (each) => each.spansPerCpuSecond,
      ) /
      medianBy(
        peerMeasurements.filter((each) => each.stage === name),
        (each) => each.spansPerCpuSecond,
      );
    console.log(`${stage} against ${name}: ${ratio.toFixed(1)} times as many spans per CPU second`);
  }
}
console.log(`\nledger: ${equal ? 'equal' : 'different'}`);
if (profiles !== null) console.log(`\n${topFunctions(profiles, 25)}`);
if (values.json !== undefined) {
  writeFileSync(values.json, `${JSON.stringify(resultOf(measurements, peerMeasurements, equal), null, 2)}\n`);
}
if (!equal) process.exitCode = 1;
