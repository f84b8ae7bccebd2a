import { randomBytes } from 'node:crypto';

import {
  type ByHandOptions,
  type CheckedDefinition,
  backfillLevels,
  backfillRollup,
  checkFolder,
  dryRun,
  newestWindow,
  problemText,
  readWatermark,
  rollupConfigOf,
  rollupStatus,
  runNow,
  runRollup,
} from '@spanloom/rollup';
import { type Config, UserError, systemClock } from '@spanloom/runtime';
import type { Result } from '@spanloom/span';
import { type FiguresName, type Store, openStore } from '@spanloom/store';

import { connect } from '../connection.ts';
import { type RollupArguments, rollupUsage, timeOf } from './arguments.ts';
import { linesText, listText, statusText, windowText } from './print.ts';

/** Runs `spanloom rollup`; answers the exit code. */
export async function rollup(config: Config, own: Result<RollupArguments, string>): Promise<number> {
  if (!own.ok) throw new UserError(own.error, { hint: `\nUsage: ${rollupUsage}`, exitCode: 2 });
  if (own.value.action === 'serve') return runRollup(config);
  const connection = await connect(config);
  // A backfill may read months at once.
  const store = openStore({ ...connection, requestTimeoutMs: config.rollupTimeout + 60_000 });
  try {
    return await act(config, store, own.value);
  } finally {
    await store.close();
    await connection.engine?.close();
  }
}

async function act(config: Config, store: Store, own: RollupArguments): Promise<number> {
  const options = { store: store.rollups, clock: systemClock, config: rollupConfigOf(config) };
  if (own.action === 'list' || own.action === 'status') {
    const status = await rollupStatus(options);
    const text = own.action === 'list' ? listText(status) : statusText(status);
    print(own.json ? JSON.stringify({ ...status, rollups: status.rollups.map(forPrograms) }, null, 2) : text);
    return status.problems.length === 0 ? 0 : 1;
  }
  const watermarkMs = await readWatermark(store.read, config.maxAge);
  if (watermarkMs === null) throw new UserError('Nothing was stored yet.', { hint: 'Send some spans first.' });
  const byHand: ByHandOptions = {
    store: store.rollups,
    clock: systemClock,
    scheduler: `cli-${randomBytes(6).toString('hex')}`,
    runTimeoutMs: config.rollupTimeout,
    watermarkMs,
  };
  if (own.name === 'edges' || own.name === 'operations') {
    if (own.action === 'run') {
      throw new UserError(`${own.name} roll up by themselves.`, { hint: `Use: spanloom rollup backfill ${own.name}` });
    }
    return backfillOfLevels(config, byHand, own, own.name);
  }
  const definition = await definitionOf(options, own.name);
  return own.action === 'run' ? runByHand(byHand, definition, own) : backfill(byHand, definition, own);
}

async function definitionOf(options: Parameters<typeof checkFolder>[0], name: string): Promise<CheckedDefinition> {
  const { definitions, problems } = await checkFolder(options);
  const found = definitions.find((definition) => definition.name === name);
  if (found !== undefined) return found;
  const wrong = problems.map((problem) => `\n  ${problemText(problem)}`).join('');
  const known = [...definitions.map((definition) => definition.name), 'edges', 'operations'].join(', ');
  throw new UserError(`There is no rollup ${name} that could be run.`, {
    hint: `There are ${known}.${wrong === '' ? '' : ` Not run for what is wrong with them:${wrong}`}`,
    exitCode: 2,
  });
}

async function runByHand(byHand: ByHandOptions, definition: CheckedDefinition, own: RollupArguments): Promise<number> {
  const given = own.from === null && own.to === null ? null : rangeOf(own, byHand.watermarkMs);
  const window = given ?? newestWindow(definition, byHand.watermarkMs);
  if (window === null) throw new UserError('There is no window yet whose figures are final.');
  if (own.dryRun) {
    const lines = accepted(await dryRun(byHand, definition, window));
    print(`${linesText(lines)}\n${lines.length} lines for ${windowText(window)} UTC; nothing was written`);
    return 0;
  }
  const run = accepted(await runNow(byHand, definition, window));
  if (run === null) throw new UserError('Somebody else is running this window.', { hint: 'Try again in a moment.' });
  if (run.status === 'failed') throw new UserError(`${definition.name} failed: ${run.error}`);
  print(`${run.rows} lines for ${windowText(run)} UTC in ${run.durationMs} ms`);
  return 0;
}

async function backfill(byHand: ByHandOptions, definition: CheckedDefinition, own: RollupArguments): Promise<number> {
  const onProgress = progressBar(definition.name);
  const { runs, passedOver } = await backfillRollup(
    { ...byHand, ...rangeOf(own, byHand.watermarkMs), onProgress },
    definition,
    own.again,
  );
  const failed = runs.filter((run) => run.status === 'failed');
  print(`${runs.length - failed.length} windows run, ${passedOver} were done already, ${failed.length} failed`);
  for (const run of failed.slice(0, 5)) print(`  ${windowText(run)}: ${run.error}`);
  return failed.length === 0 ? 0 : 1;
}

async function backfillOfLevels(
  config: Config,
  byHand: ByHandOptions,
  own: RollupArguments,
  name: FiguresName,
): Promise<number> {
  const { limits, graceMs, minuteRetentionMs } = rollupConfigOf(config);
  const { runs } = await backfillLevels(
    {
      ...byHand,
      ...rangeOf(own, byHand.watermarkMs),
      limits,
      graceMs,
      minuteRetentionMs,
      attempt: () => randomBytes(8).readBigUInt64BE(),
      onProgress: progressBar(name),
    },
    name,
  );
  const count = (level: string): number => runs.filter((run) => run.name.endsWith(level)).length;
  print(`${count('hour')} hours and ${count('day')} days of ${name} rolled up; the others were right`);
  return 0;
}

function rangeOf(own: RollupArguments, watermarkMs: number): { fromSeconds: number; toSeconds: number } {
  const nowMs = systemClock.now();
  if (own.from === null)
    throw new UserError('--from says where to begin.', { hint: 'For example --from now-30d.', exitCode: 2 });
  const fromSeconds = time(own.from, nowMs);
  const toSeconds = own.to === null ? Math.floor(watermarkMs / 1000) : time(own.to, nowMs);
  if (toSeconds > fromSeconds) return { fromSeconds, toSeconds };
  throw new UserError('--to must be later than --from.', { exitCode: 2 });
}

function time(text: string, nowMs: number): number {
  const parsed = timeOf(text, nowMs);
  if (!parsed.ok) throw new UserError(parsed.error, { exitCode: 2 });
  return parsed.value;
}

function accepted<T>(result: Result<T, string>): T {
  if (!result.ok) throw new UserError(result.error);
  return result.value;
}

function forPrograms({ definition, ...rest }: Awaited<ReturnType<typeof rollupStatus>>['rollups'][number]): object {
  const { name, description, scheduleText, timezone, window, target } = definition;
  const table = target?.table ?? null;
  return { name, description, schedule: scheduleText, timezone, window: window.text, table, ...rest };
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** A bar on a terminal; elsewhere a line for each tenth. */
function progressBar(name: string): (done: number, all: number) => void {
  let tenth = -1;
  return (done, all) => {
    const share = all === 0 ? 1 : done / all;
    const count = `${name} ${Math.round(share * 100)} % (${done} of ${all} windows)`;
    if (process.stderr.isTTY) {
      const filled = Math.round(share * 40);
      process.stderr.write(`\r  ${'█'.repeat(filled)}${'░'.repeat(40 - filled)} ${count}${share === 1 ? '\n' : ''}`);
      return;
    }
    if (Math.floor(share * 10) === tenth) return;
    tenth = Math.floor(share * 10);
    process.stderr.write(`${count}\n`);
  };
}
