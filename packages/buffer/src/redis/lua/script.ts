import { createHash } from 'node:crypto';

/** A script as the server knows it: by the hash of its text, once it has seen the text. */
export interface LuaScript {
  readonly name: string;
  readonly source: string;
  readonly sha: string;
}

/**
 * What a script may do at the memory limit. Most must run there, because they are what frees memory;
 * a refused one is refused before its first line.
 */
export type AtMemoryLimit = 'runs' | 'refused';

export function luaScript(name: string, atLimit: AtMemoryLimit, ...parts: readonly string[]): LuaScript {
  const head = atLimit === 'runs' ? '#!lua flags=allow-oom' : '#!lua';
  const source = [head, ...parts].join('\n');
  return { name, source, sha: createHash('sha1').update(source).digest('hex') };
}
