import { fence } from './preamble.lua.ts';
import { luaScript, type LuaScript } from './script.ts';

/**
 * Says how much is open, where an older version left state without it.
 *
 * KEYS and ARGV[1..4]: see preamble
 * ARGV[5] traces, ARGV[6] spans
 */
export const countScript: LuaScript = luaScript(
  'count',
  'runs',
  fence,
  `
redis.call('HSET', KEYS[1], 'traces', ARGV[5], 'spans', ARGV[6])
return moveOn()
`,
);
