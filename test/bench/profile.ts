import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** What V8 writes with `--cpu-prof`. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

/** What Node is told so that a process writes its CPU profile when it ends. */
export function profileFlags(folder: string, name: string): string[] {
  return ['--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-name=${name}.cpuprofile`];
}

/** Time in which nothing was computed. */
const idle = new Set(['(idle)', '(program)', '(root)']);

/** The functions of each profile in a folder that took most time by themselves, in parts of all but idleness. */
export function topFunctions(folder: string, count: number): string {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.cpuprofile'))
    .map((name) => `${name}\n${topOf(JSON.parse(readFileSync(join(folder, name), 'utf8')) as CpuProfile, count)}`)
    .join('\n\n');
}

function topOf({ nodes, samples, timeDeltas }: CpuProfile, count: number): string {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const selfUs = new Map<string, number>();
  for (const [i, id] of samples.entries()) {
    const name = names.get(id) ?? '';
    selfUs.set(name, (selfUs.get(name) ?? 0) + (timeDeltas[i] ?? 0));
  }
  const busy = [...selfUs].filter(([name]) => !idle.has(name));
  const totalUs = busy.reduce((sum, [, us]) => sum + us, 0);
  return busy
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(([name, us]) => `${((100 * us) / totalUs).toFixed(1).padStart(6)} %  ${name}`)
    .join('\n');
}

function nameOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  const name = functionName === '' ? '(anonymous)' : functionName;
  const file = url.split('/').slice(-3).join('/');
  return file === '' ? name : `${name} ${file}:${lineNumber + 1}`;
}
