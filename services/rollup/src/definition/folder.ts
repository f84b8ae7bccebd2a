import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Definition } from './definition.ts';
import { parseDefinition } from './parse.ts';
import type { Problem } from './problem.ts';

/** The rollups of a folder: those that can be read, and what is wrong with the others. */
export interface Loaded {
  readonly definitions: readonly Definition[];
  readonly problems: readonly Problem[];
}

/** Reads every `.yaml` and `.yml` file, in order of name. One that is bad stops no other. */
export async function loadFolder(folder: string, graceMs: number): Promise<Loaded> {
  const definitions: Definition[] = [];
  const problems: Problem[] = [];
  let names: string[];
  try {
    names = (await readdir(folder)).filter((name) => /\.ya?ml$/.test(name)).toSorted();
  } catch (error) {
    return { definitions, problems: [{ file: folder, line: 1, reason: messageOf(error) }] };
  }
  for (const file of names) {
    const read = await readFile(join(folder, file), 'utf8').catch((error: unknown) => new Error(messageOf(error)));
    if (read instanceof Error) {
      problems.push({ file, line: 1, reason: read.message });
      continue;
    }
    const parsed = parseDefinition(file, read, graceMs);
    if (!parsed.ok) {
      problems.push(...parsed.error);
      continue;
    }
    const clash = clashOf(parsed.value, definitions);
    if (clash === null) definitions.push(parsed.value);
    else problems.push(clash);
  }
  return { definitions, problems };
}

function clashOf(one: Definition, others: readonly Definition[]): Problem | null {
  const { file } = one;
  const namesake = others.find((other) => other.name === one.name);
  if (namesake !== undefined) {
    return { file, line: one.lines.name, reason: `${one.name} is the name of the rollup in ${namesake.file}, too` };
  }
  const sameTable = others.find((other) => one.target !== null && other.target?.table === one.target.table);
  if (sameTable === undefined) return null;
  return { file, line: one.lines.target, reason: `${sameTable.file} writes to ${one.target?.table}, too` };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
