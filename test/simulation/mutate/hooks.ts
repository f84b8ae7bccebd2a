/** Hooks of Node's module loader: replace a line of a compiled file of the product while it is loaded. */
import type { LoadHook } from 'node:module';

import type { Edit } from './mutations.ts';

let edits: readonly Edit[] = [];

export function initialize(data: readonly Edit[]): void {
  edits = data;
}

export const load: LoadHook = async (url, context, nextLoad) => {
  const loaded = await nextLoad(url, context);
  const mine = edits.filter(({ file }) => url.endsWith(file));
  if (mine.length === 0) return loaded;
  const { source } = loaded;
  const text = typeof source === 'string' ? source : Buffer.from(source as Uint8Array).toString();
  return { ...loaded, source: mine.reduce(edited, text) };
};

function edited(text: string, { file, find, put }: Edit): string {
  const words = find.split(/\s+/).map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  const parts = text.split(new RegExp(words.join(String.raw`\s+`)));
  if (parts.length !== 2)
    throw new Error(`${file} has ${parts.length - 1} places with "${find}", must have one: mend the mutation`);
  return parts.join(put);
}
