import { fence } from './preamble.lua.ts';
import { luaScript, type LuaScript } from './script.ts';

/**
 * Leaves the partition without state and removes chunks whose traces go with them. A reset is many of
 * these: whoever claims between two of them finds no state, and what is left in the index.
 *
 * KEYS and ARGV[1..4]: see preamble
 * ARGV[5] number of chunks, then their offsets
 * then the ids of their traces
 */
export const dropScript: LuaScript = luaScript(
  'drop',
  'runs',
  fence,
  `
redis.call('HDEL', KEYS[1], 'applied', 'reconciled', 'streamTimeMs', 'count', 'sum', 'traces', 'spans')
local last = 5 + tonumber(ARGV[5])
for from = 6, last, 6000 do
  redis.call('HDEL', KEYS[2], unpack(ARGV, from, math.min(from + 5999, last)))
end
local at = last + 1
while ARGV[at] do
  redis.call('UNLINK', KEYS[3] .. ARGV[at])
  at = at + 1
end
return moveOn()
`,
);
