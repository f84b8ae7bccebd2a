import { fence, whole } from './preamble.lua.ts';
import { luaScript, type LuaScript } from './script.ts';

/**
 * Removes chunks, known or not, and sets the state.
 *
 * KEYS and ARGV[1..4]: see preamble
 * ARGV[5] applied, ARGV[6] reconciled, ARGV[7] stream time in milliseconds
 * then for each trace: trace id, number of its chunks, their offsets
 */
export const releaseScript: LuaScript = luaScript(
  'release',
  'runs',
  fence,
  whole,
  `
local at = 8
while ARGV[at] do
  local last = at + 1 + tonumber(ARGV[at + 1])
  for from = at + 2, last, 6000 do
    redis.call('HDEL', KEYS[3] .. ARGV[at], unpack(ARGV, from, math.min(from + 5999, last)))
  end
  for i = at + 2, last do
    if redis.call('HDEL', KEYS[2], ARGV[i]) == 1 then
      count, sum = count - 1, (sum - tonumber(ARGV[i]) % modulus) % modulus
    end
  end
  at = last + 1
end
save(ARGV[5], ARGV[6], ARGV[7])
return moveOn()
`,
);
