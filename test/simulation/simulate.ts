import { setImmediate as nextTurn } from 'node:timers/promises';

import { shrink } from './shrink.ts';
import { type Plan, planOf } from './plan/plan.ts';
import { type Bugs, noBugs, run } from './world/run.ts';

export interface SimulateOptions {
  readonly from: number;
  readonly seeds: number;
  /** No new seed is begun after this long. */
  readonly seconds: number;
  readonly bugs: Partial<Bugs>;
  /** Its name, for the report. */
  readonly mutation: string | null;
  readonly replay: number | null;
  /** Tell the whole story of the seed that is replayed. */
  readonly whole: boolean;
  /** How to replay a seed of this run. */
  readonly again: string;
}

const progressMs = 5000;

/** What was run so far. */
interface Tally {
  seeds: number;
  steps: number;
  virtualMs: number;
  chunks: number;
  readonly happened: Map<string, number>;
  readonly startedMs: number;
}

/** Runs seeds and reports; answers the exit code. */
export async function simulate(options: SimulateOptions): Promise<number> {
  const bugs: Bugs = { ...noBugs, ...options.bugs };
  if (options.replay !== null) return await replay(planOf(options.replay), bugs, options.whole);
  const tally: Tally = {
    seeds: 0,
    steps: 0,
    virtualMs: 0,
    chunks: 0,
    happened: new Map(),
    startedMs: performance.now(),
  };
  let toldMs = tally.startedMs;
  let seed = options.from;
  const hangs = (): void => {
    console.log(`seed ${seed}: somebody waits for nothing that can happen`);
    process.exitCode = 1;
  };
  process.once('exit', hangs);
  for (; seed < options.from + options.seeds; seed++) {
    const now = performance.now();
    if (now - tally.startedMs > options.seconds * 1000) break;
    if (now - toldMs > progressMs) {
      toldMs = now;
      console.log(line(tally));
      await nextTurn();
    }
    const plan = planOf(seed);
    const outcome = await run(plan, bugs);
    tally.seeds++;
    tally.steps += outcome.steps;
    tally.virtualMs += outcome.virtualMs;
    tally.chunks += outcome.chunks;
    for (const [kind, count] of outcome.happened) tally.happened.set(kind, (tally.happened.get(kind) ?? 0) + count);
    if (outcome.violation === null) continue;
    process.off('exit', hangs);
    console.log(line(tally));
    if (options.mutation !== null) {
      console.log(
        `${options.mutation}: noticed by seed ${seed}, after ${tally.seeds} seeds: ${outcome.violation.split('\n')[0] ?? ''}`,
      );
      return 0;
    }
    await replay(plan, bugs, false);
    console.log(`Again: npm run simulate -- ${options.again} ${seed}`);
    return 1;
  }
  process.off('exit', hangs);
  console.log(line(tally));
  console.log(
    [...tally.happened]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([kind, count]) => `${kind} ${count}`)
      .join(', '),
  );
  if (options.mutation === null) console.log(`seeds ${options.from} to ${seed - 1}: every promise was kept`);
  else console.log(`${options.mutation}: not noticed by ${tally.seeds} seeds`);
  return options.mutation === null ? 0 : 1;
}

function line({ seeds, steps, virtualMs, chunks, startedMs }: Tally): string {
  const seconds = (performance.now() - startedMs) / 1000;
  return `${seeds} seeds, ${(seeds / seconds).toFixed(0)} a second; ${(virtualMs / 3_600_000).toFixed(1)} simulated hours, ${steps} steps, ${chunks} chunks`;
}

/** What a worker does all the time, and what tells nothing: the sink's commits only show its lag. */
const idle = /sink \d+: commits \d+ $/;

/** Tells the story of a plan, and what became of it. */
async function replay(plan: Plan, bugs: Bugs, whole: boolean): Promise<number> {
  const { violation } = await run(plan, bugs);
  const told = violation === null || whole ? plan : await shrink(plan, bugs);
  const lines: string[] = [];
  const outcome = await run(told, bugs, (each) => lines.push(each));
  console.log(lines.filter((each) => whole || !idle.test(each)).join('\n'));
  console.log(
    outcome.violation === null
      ? `seed ${plan.seed}: every promise was kept`
      : `seed ${plan.seed}: BROKEN: ${outcome.violation}`,
  );
  return outcome.violation === null ? 0 : 1;
}
