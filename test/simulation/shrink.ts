import type { Plan, Sent, Settings } from './plan/plan.ts';
import { startMs } from './plan/shapes.ts';
import { type FaultPlan, type FaultyCall, type TimedFault, listedCalls } from './world/faults.ts';
import { type Bugs, run } from './world/run.ts';

/** A part of a plan that can be left out. */
type Atom =
  | { readonly type: 'sent'; readonly sent: Sent }
  | { readonly type: 'event'; readonly event: TimedFault }
  | { readonly type: 'call'; readonly call: FaultyCall };

/** A plan in parts. */
interface Draft {
  readonly atoms: readonly Atom[];
  readonly settings: Settings;
  readonly delayMs: FaultPlan['delayMs'];
}

/** At most so many runs: enough to get most stories down to a handful of faults. */
const maxRuns = 1500;

/** A smaller plan that breaks the same promise. `plan` must break one. */
export async function shrink(plan: Plan, bugs: Bugs): Promise<Plan> {
  const first = await run(plan, bugs);
  if (first.violation === null) throw new Error(`seed ${plan.seed} breaks no promise`);
  const wanted = kindOf(first.violation);
  let runs = 0;
  let best: Draft = { atoms: atomsOf(plan, first.faulty), settings: plan.settings, delayMs: plan.faults.delayMs };

  /** Takes the draft if it breaks the promise too. */
  async function attempt(draft: Draft): Promise<boolean> {
    if (runs++ >= maxRuns) return false;
    const { violation } = await run(planOfDraft(plan.seed, draft), bugs);
    if (violation === null || kindOf(violation) !== wanted) return false;
    best = draft;
    return true;
  }

  async function dropAtoms(): Promise<void> {
    for (let size = Math.ceil(best.atoms.length / 2); size > 0; size = Math.floor(size / 2)) {
      for (let at = 0; at < best.atoms.length;) {
        const atoms = best.atoms.filter((_, i) => i < at || i >= at + size);
        if (!(await attempt({ ...best, atoms }))) at += size;
      }
    }
  }

  for (const settings of simpler(plan.settings)) await attempt({ ...best, settings });
  await dropAtoms();
  await attempt({ ...best, delayMs: () => 3 });
  for (const part of [0.3, 0.5, 0.7, 0.8, 0.9]) while (await attempt(hurried(best, part)));
  await dropAtoms();
  return planOfDraft(plan.seed, best);
}

function atomsOf(plan: Plan, faulty: readonly FaultyCall[]): Atom[] {
  return [
    ...plan.faults.events.map((event): Atom => ({ type: 'event', event })),
    ...faulty.map((call): Atom => ({ type: 'call', call })),
    ...plan.sent.map((sent): Atom => ({ type: 'sent', sent })),
  ];
}

function planOfDraft(seed: number, { atoms, settings, delayMs }: Draft): Plan {
  const faults: FaultPlan = {
    events: atoms.flatMap((atom) => (atom.type === 'event' ? [atom.event] : [])),
    calls: listedCalls(atoms.flatMap((atom) => (atom.type === 'call' ? [atom.call] : []))),
    delayMs,
  };
  return { seed, sent: atoms.flatMap((atom) => (atom.type === 'sent' ? [atom.sent] : [])), faults, settings };
}

/** The same, in this part of the time. */
function hurried(draft: Draft, part: number): Draft {
  const sooner = (atMs: number): number => startMs + (atMs - startMs) * part;
  return {
    ...draft,
    atoms: draft.atoms.map((atom): Atom => {
      if (atom.type === 'sent') return { ...atom, sent: { ...atom.sent, atMs: sooner(atom.sent.atMs) } };
      if (atom.type === 'event') return { ...atom, event: { ...atom.event, atMs: sooner(atom.event.atMs) } };
      return { ...atom, call: { ...atom.call, atMs: sooner(atom.call.atMs) } };
    }),
    settings: { ...draft.settings, calmAtMs: sooner(draft.settings.calmAtMs) },
  };
}

function* simpler(settings: Settings): Iterable<Settings> {
  yield { ...settings, refusal: null };
  yield { ...settings, cutSpans: 1_000_000 };
  yield { ...settings, portion: 50 };
}

/** What was broken, whatever the numbers. */
function kindOf(violation: string): string {
  const [line = ''] = violation.split('\n');
  return line
    .replaceAll(/[a-z_]*minute|fragments|spans|resources/g, '')
    .replaceAll(/\d+( \d+)*/g, '#')
    .slice(0, 60);
}
