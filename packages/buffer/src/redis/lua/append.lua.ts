import { fence, whole } from './preamble.lua.ts';
import { luaScript, type LuaScript } from './script.ts';

/**
 * Adds chunks that the index does not have, and moves on. `unpack` ends near 8,000 values: in pieces of 6,000.
 *
 * KEYS and ARGV[1..4]: see preamble
 * ARGV[5] applied, ARGV[6] reconciled, ARGV[7] stream time in milliseconds
 * ARGV[8] sum of the offsets of the chunks
 * ARGV[9] number of their spans
 * ARGV[10] number of chunks, then for each: offset, entry of the index
 * then for each trace: trace id, number of its chunks, then for each: offset, record
 */
export const appendScript: LuaScript = luaScript(
  'append',
  'refused',
  fence,
  whole,
  `
local function put(key, first, last)
  for from = first, last, 6000 do
    redis.call('HSET', key, unpack(ARGV, from, math.min(from + 5999, last)))
  end
end

local added = tonumber(ARGV[10])
local at = 11 + 2 * added
put(KEYS[2], 11, at - 1)
while ARGV[at] do
  local key = KEYS[3] .. ARGV[at]
  local last = at + 1 + 2 * tonumber(ARGV[at + 1])
  put(key, at + 2, last)
  -- Only a new trace has no end yet.
  if redis.call('PEXPIRE', key, ARGV[4], 'NX') == 1 then
    traces = traces + 1
  else
    redis.call('PEXPIRE', key, ARGV[4])
  end
  at = last + 1
end
count, sum = count + added, (sum + tonumber(ARGV[8])) % modulus
spans = spans + tonumber(ARGV[9])
save(ARGV[5], ARGV[6], ARGV[7])
return moveOn()
`,
);
