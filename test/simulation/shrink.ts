import type { CallFault, FaultPlan, TimedFault } from './world/faults.ts';
import type { Plan, Sent, Settings } from './work/plan.ts';
import { type Bugs, run } from './world/run.ts';

/** A part of a plan that can be left out. */
type Atom =
  | { readonly type: 'sent'; readonly sent: Sent }
  | { readonly type: 'event'; readonly event: TimedFault }
  | { readonly type: 'call'; readonly count: number; readonly fault: CallFault };

/** At most so many runs: enough to get most stories down to a handful of faults. */
const maxRuns = 1500;

/** A smaller plan that breaks the same promise. `plan` must break one. */
export async function shrink(plan: Plan, bugs: Bugs): Promise<Plan> {
  const first = await run(plan, bugs);
  if (first.violation === null) throw new Error(`seed ${plan.seed} breaks no promise`);
  const wanted = kindOf(first.violation);
  let runs = 0;
  const fails = async (candidate: Plan): Promise<boolean> => {
    if (runs++ >= maxRuns) return false;
    const { violation } = await run(candidate, bugs);
    return violation !== null && kindOf(violation) === wanted;
  };

  let best = assemble(plan, atomsOf(plan, first.faulty), plan.settings);
  if (!(await fails(best))) return plan;
  let atoms = atomsOf(plan, first.faulty);
  for (const settings of simpler(plan.settings)) {
    const candidate = assemble(best, atoms, settings);
    if (await fails(candidate)) best = candidate;
  }
  const quick = { ...best, faults: { ...best.faults, delayMs: () => 3 } };
  if (await fails(quick)) best = quick;
  for (let size = Math.ceil(atoms.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < atoms.length;) {
      const fewer = atoms.filter((_, i) => i < at || i >= at + size);
      const candidate = assemble(best, fewer, best.settings);
      if (await fails(candidate)) {
        best = candidate;
        atoms = fewer;
      } else at += size;
    }
  }
  return best;
}

function atomsOf(plan: Plan, faulty: readonly { readonly count: number; readonly fault: CallFault }[]): Atom[] {
  return [
    ...plan.faults.events.map((event): Atom => ({ type: 'event', event })),
    ...faulty.map(({ count, fault }): Atom => ({ type: 'call', count, fault })),
    ...plan.sent.map((sent): Atom => ({ type: 'sent', sent })),
  ];
}

function assemble(plan: Plan, atoms: readonly Atom[], settings: Settings): Plan {
  const calls = new Map(atoms.flatMap((atom) => (atom.type === 'call' ? [[atom.count, atom.fault] as const] : [])));
  const faults: FaultPlan = {
    events: atoms.flatMap((atom) => (atom.type === 'event' ? [atom.event] : [])),
    ofCall: (count) => calls.get(count) ?? null,
    delayMs: plan.faults.delayMs,
  };
  return {
    seed: plan.seed,
    sent: atoms.flatMap((atom) => (atom.type === 'sent' ? [atom.sent] : [])),
    faults,
    settings,
  };
}

function* simpler(settings: Settings): Iterable<Settings> {
  yield { ...settings, refusal: null };
  yield { ...settings, cutSpans: 1_000_000 };
  yield { ...settings, portion: 50 };
}

/** What was broken, whatever the numbers. */
function kindOf(violation: string): string {
  return (violation.split('\n')[0] ?? '')
    .replaceAll(/[a-z_]*minute|fragments|spans|resources/g, '')
    .replaceAll(/\d+( \d+)*/g, '#')
    .slice(0, 60);
}
