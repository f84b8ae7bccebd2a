/**
 * npm run simulate: runs seeds until one breaks a promise, and tells its story. See docs/simulation.md.
 */
import { register } from 'node:module';
import { parseArgs } from 'node:util';

import { mutations, tightLimits } from './mutate/mutations.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    seconds: { type: 'string', default: 'Infinity' },
    mutation: { type: 'string' },
    replay: { type: 'string' },
    whole: { type: 'boolean', default: false },
    tight: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const mutation = values.mutation === undefined ? undefined : mutations[values.mutation];
if (values.help || (values.mutation !== undefined && mutation === undefined)) {
  console.log(`npm run simulate -- [--seeds N] [--from S] [--seconds T] [--tight] [--mutation NAME] [--replay SEED [--whole]]

Runs seeds S to S + N - 1, or as many as fit into T seconds. Stops at the first that breaks a promise, and
tells its story as short as it can be made; --replay tells the story of one seed, --whole all of it.
With --tight the limits of a record, a send and a read are small, so that traces go out in parts.
With a mutation the product is broken on purpose: then the seed that notices is good news.

Mutations: ${Object.keys(mutations).join(', ')}`);
  process.exit(values.help ? 0 : 2);
}
const edits = [...(values.tight ? tightLimits : []), ...(mutation?.edits ?? [])];
if (edits.length > 0) register(new URL('mutate/hooks.js', import.meta.url), { data: edits });

// Only now: the hooks must be there before the product is loaded.
const { simulate } = await import('./simulate.ts');
process.exitCode = await simulate({
  from: Number(values.from),
  seeds: values.seconds === 'Infinity' ? Number(values.seeds) : Infinity,
  seconds: Number(values.seconds),
  bugs: mutation?.bugs ?? {},
  mutation: values.mutation ?? null,
  replay: values.replay === undefined ? null : Number(values.replay),
  whole: values.whole,
  again: values.tight ? '--tight --replay' : '--replay',
});
