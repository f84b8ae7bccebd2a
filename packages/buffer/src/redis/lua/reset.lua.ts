import { fence } from './preamble.lua.ts';
import { luaScript, type LuaScript } from './script.ts';

/**
 * Gives a partition whose chunks were dropped its state.
 *
 * KEYS and ARGV[1..4]: see preamble
 * ARGV[5] applied, ARGV[6] reconciled, ARGV[7] stream time in milliseconds
 */
export const resetScript: LuaScript = luaScript(
  'reset',
  'runs',
  fence,
  `
redis.call('UNLINK', KEYS[2])
redis.call('HSET', KEYS[1], 'applied', ARGV[5], 'reconciled', ARGV[6], 'streamTimeMs', ARGV[7],
  'count', 0, 'sum', 0, 'traces', 0, 'spans', 0)
return moveOn()
`,
);
