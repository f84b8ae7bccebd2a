import { planOf } from './work/plan.ts';
import { run } from './world/run.ts';

const from = Number(process.argv[2] ?? 1);
const seeds = Number(process.argv[3] ?? 200);
const started = performance.now();
let bad = 0, steps = 0, virt = 0;
const happened = new Map<string, number>();
process.on('exit', (c) => { if (c === 13) console.log('hang at', current); });
let current = 0;
for (let seed = from; seed < from + seeds; seed++) {
  current = seed;
  const outcome = await run(planOf(seed));
  steps += outcome.steps; virt += outcome.virtualMs;
  for (const [k, v] of outcome.happened) happened.set(k, (happened.get(k) ?? 0) + v);
  if (outcome.violation !== null) { bad++; if (bad <= 12) console.log(seed, outcome.violation.slice(0, 400)); }
}
const s = (performance.now() - started) / 1000;
console.log(`${seeds} seeds, ${bad} bad, ${(seeds / s).toFixed(0)}/s, ${(steps / seeds).toFixed(0)} steps/seed, ${(virt / 3.6e6).toFixed(1)} h`, Object.fromEntries(happened));
