import { doneWindows } from '@spanloom/store';
import { checkDefinition } from '../definition/check.ts';
import type { CheckedDefinition } from '../definition/check.ts';
import { loadFolder } from '../definition/folder.ts';
import type { Problem } from '../definition/problem.ts';
import type { RollupOptions } from '../options.ts';
import { readWatermark } from '../watermark.ts';
import { dueWindows } from '../windows/due.ts';
import { runWindow } from './run.ts';

/** A window that fails this often is left to people. */
const maxFailures = 5;

/** Runs what is due of the users' rollups. To be called at each interval. */
export function createUserWork(options: RollupOptions, scheduler: string): (stopping: AbortSignal) => Promise<void> {
  const { store, clock, observer, config } = options;
  let checked: readonly CheckedDefinition[] | null = null;

  async function check(): Promise<readonly CheckedDefinition[]> {
    const { definitions, problems } = await checkFolder(options);
    for (const { target } of definitions) if (target !== null) await store.makeTarget(target, options.tables);
    observer.problems(problems);
    return definitions;
  }

  async function runDue(definition: CheckedDefinition, watermarkMs: number, stopping: AbortSignal): Promise<void> {
    const due = dueWindows(definition, clock.now());
    const final = due.filter((window) => window.toSeconds * 1000 + definition.delayMs <= watermarkMs);
    const [oldest] = final;
    if (oldest === undefined) return observer.waiting(definition.name, null);
    const done = await doneWindows(store.read, definition.name, 0);
    // What lies before the first run is a matter of a backfill; a new rollup begins with its newest window.
    const first = Math.min(...done, final.at(-1)?.fromSeconds ?? oldest.fromSeconds);
    let sinceMs: number | null = null;
    for (const window of final) {
      if (window.fromSeconds < first || done.has(window.fromSeconds)) continue;
      const run = stopping.aborted
        ? null
        : await runWindow(
            { store, clock, scheduler, runTimeoutMs: config.runTimeoutMs },
            { definition, window, watermarkMs, again: false, maxFailures },
          );
      if (run !== null) observer.ran(run);
      if (run?.status !== 'done') sinceMs ??= Math.max(window.dueMs, window.toSeconds * 1000 + definition.delayMs);
    }
    observer.waiting(definition.name, sinceMs);
  }

  return async (stopping) => {
    checked ??= await check();
    const watermarkMs = await readWatermark(store.read, config.maxTraceAgeMs);
    if (watermarkMs === null) return;
    for (const definition of checked) await runDue(definition, watermarkMs, stopping);
  };
}

/** The rollups of the folder that ClickHouse understands, and what is wrong with the others. */
export async function checkFolder({ store, config }: Pick<RollupOptions, 'store' | 'config'>): Promise<{
  readonly definitions: readonly CheckedDefinition[];
  readonly problems: readonly Problem[];
}> {
  const loaded = await loadFolder(config.folder, config.graceMs);
  const definitions: CheckedDefinition[] = [];
  const problems = [...loaded.problems];
  for (const definition of loaded.definitions) {
    const result = await checkDefinition(store, definition);
    if (result.ok) definitions.push(result.value);
    else problems.push(result.error);
  }
  return { definitions, problems };
}
