import { existsSync } from 'node:fs';
import { dirname } from 'node:path';

import { type LockHolder, holderRuns, readLock } from '@spanloom/log';
import {
  type Config,
  byteText,
  ensureWritableFolder,
  errorLine,
  folderBytes,
  freeBytes,
  portOwner,
  systemClock,
} from '@spanloom/runtime';

import { type Published, logDir } from '../engines.ts';
import { type Sample, boundOf, parseMetrics, total } from './metrics.ts';

/** One thing that was looked at. */
interface Finding {
  readonly state: 'ok' | 'warn' | 'bad';
  readonly text: string;
}

/** Below this ClickHouse cannot merge and the log cannot grow for long. */
const scarceBytes = 2 * 1024 ** 3;

/** Prints what is well and what is not, with what to do; answers the exit code, 1 if something is bad. */
export async function doctor(config: Config): Promise<number> {
  const holder = runningHolder(config);
  const findings = [
    machine(),
    ...(await folder(config, holder)),
    ...(holder === null ? await ports(config) : await running(holder)),
  ];
  for (const { state, text } of findings) process.stdout.write(`${state.padEnd(5)}${text}\n`);
  return findings.some(({ state }) => state === 'bad') ? 1 : 0;
}

function runningHolder(config: Config): LockHolder | null {
  const dir = logDir(config.dataDir);
  const holder = existsSync(dir) ? readLock(dir) : null;
  return holder !== null && holderRuns(dir, holder, systemClock.now()) ? holder : null;
}

function machine(): Finding {
  return { state: 'ok', text: `Node ${process.version} on ${process.platform}-${process.arch}` };
}

async function folder(config: Config, holder: LockHolder | null): Promise<Finding[]> {
  const { dataDir } = config;
  const nearest = nearestFolder(dataDir);
  if (holder === null) {
    try {
      await ensureWritableFolder(nearest);
    } catch (error) {
      return [{ state: 'bad', text: reasonOf(error) }];
    }
  }
  const free = await freeBytes(nearest);
  const holds = nearest === dataDir ? `holds ${byteText(await folderBytes(dataDir))}` : 'is not there yet';
  const size = `${dataDir} ${holds}, ${byteText(free)} are free`;
  if (free < scarceBytes) {
    return [{ state: 'bad', text: `${size}: free some space, or lower --log-retention-bytes and --trace-retention` }];
  }
  return [{ state: 'ok', text: size }];
}

function reasonOf(error: unknown): string {
  return errorLine(error).replace(/^spanloom: /, '');
}

/** The folder, or whatever is there of the way to it: nothing is made by looking. */
function nearestFolder(path: string): string {
  const up = dirname(path);
  return existsSync(path) || up === path ? path : nearestFolder(up);
}

async function ports(config: Config): Promise<Finding[]> {
  const wanted = [
    config.otlpGrpcPort,
    config.otlpHttpPort,
    config.queryPort,
    config.queryGrpcPort,
    config.healthPort,
  ].filter((port) => port !== 0);
  const findings: Finding[] = [{ state: 'ok', text: 'no pipeline is running on this folder' }];
  for (const port of wanted) {
    const owner = await portOwner(port);
    if (owner !== null) {
      const text = `port ${port} is taken by ${owner.name} (pid ${owner.pid}): stop it, or start with --ports +10000`;
      findings.push({ state: 'bad', text });
    }
  }
  return findings.length > 1 ? findings : [...findings, { state: 'ok', text: `ports ${wanted.join(', ')} are free` }];
}

async function running(holder: LockHolder): Promise<Finding[]> {
  const published = holder.published as Partial<Published>;
  const who = `a pipeline runs: pid ${holder.pid}, since ${new Date(holder.sinceMs).toISOString()}`;
  if (published.healthUrl === undefined) return [{ state: 'warn', text: `${who}, and is still starting` }];
  try {
    const ready = await fetch(`${published.healthUrl}/readyz`);
    const body = (await ready.json()) as { checks: { name: string; problem: string | null }[] };
    const samples = parseMetrics(await (await fetch(`${published.healthUrl}/metrics`)).text());
    const problems = body.checks.flatMap(({ name, problem }): Finding[] =>
      problem === null ? [] : [{ state: 'bad', text: `${name}: ${problem}` }],
    );
    return [
      { state: 'ok', text: who },
      ...problems,
      ...behind(samples),
      ...late(samples),
      ...losses(samples),
      ...folded(samples),
    ];
  } catch (error) {
    return [{ state: 'bad', text: `${who}, but ${published.healthUrl} does not answer: ${reasonOf(error)}` }];
  }
}

function behind(samples: readonly Sample[]): Finding[] {
  const completeTo = samples.filter((sample) => sample.name === 'spanloom_sink_complete_to_seconds');
  if (completeTo.length === 0) return [{ state: 'ok', text: 'nothing was stored yet' }];
  const seconds = systemClock.now() / 1000 - Math.min(...completeTo.map((sample) => sample.value));
  // An idle partition says how far it is every 10 s, and a batch waits for the next one.
  const state = seconds > 60 ? 'warn' : 'ok';
  return [{ state, text: `stored figures are ${seconds.toFixed(0)} s behind now` }];
}

function late(samples: readonly Sample[]): Finding[] {
  const name = 'spanloom_assembler_late_seconds';
  const count = total(samples, `${name}_count`);
  const caught = boundOf(samples, name, 0.99);
  if (caught === null) return [{ state: 'ok', text: 'no span came after its trace had closed as complete' }];
  const settle = Number.isFinite(caught) ? `--settle ${caught}s would have caught 99 % of them` : 'no settle would do';
  return [{ state: 'warn', text: `${count} chunks came after their trace had closed as complete; ${settle}` }];
}

function losses(samples: readonly Sample[]): Finding[] {
  const findings: Finding[] = [];
  const expired = total(samples, 'spanloom_assembler_expired_total') + total(samples, 'spanloom_sink_expired_total');
  if (expired > 0)
    findings.push({ state: 'bad', text: `${expired} records expired from the log before they were stored` });
  const dead =
    total(samples, 'spanloom_assembler_dead_letters_total') + total(samples, 'spanloom_sink_dead_letters_total');
  if (dead > 0) findings.push({ state: 'warn', text: `${dead} records could not be read and are in spans.dlq` });
  const pressure = total(samples, 'spanloom_assembler_pressure_total');
  if (pressure > 0) {
    findings.push({
      state: 'warn',
      text: `${pressure} traces were closed early for lack of memory: raise --buffer-bytes`,
    });
  }
  return findings;
}

function folded(samples: readonly Sample[]): Finding[] {
  return samples
    .filter((sample) => sample.name === 'spanloom_sink_folded_spans_total' && sample.value > 0)
    .map(({ labels, value }) => ({
      state: 'warn',
      text: `${value} spans of ${labels['service']} were counted as (other): too many ${labels['what']} names; its log lines have samples`,
    }));
}
