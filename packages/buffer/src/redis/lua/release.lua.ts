import { HEAD_BYTES, SPAN_BYTES } from '../entry.ts';
import { fence, whole } from './preamble.lua.ts';
import { luaScript, type LuaScript } from './script.ts';

/**
 * Removes chunks, known or not, and sets the state.
 *
 * KEYS and ARGV[1..4]: see preamble
 * ARGV[5] applied, ARGV[6] reconciled, ARGV[7] stream time in milliseconds
 * ARGV[8] sum of the offsets of the chunks
 * ARGV[9] number of their spans
 * ARGV[10] number of chunks, then their offsets
 * then for each trace: trace id, number of its chunks, their offsets
 */
export const releaseScript: LuaScript = luaScript(
  'release',
  'runs',
  fence,
  whole,
  `
local function take(key, first, last)
  local taken = 0
  for from = first, last, 6000 do
    taken = taken + redis.call('HDEL', key, unpack(ARGV, from, math.min(from + 5999, last)))
  end
  return taken
end

local asked = tonumber(ARGV[10])
local at = 11 + asked
local taken = take(KEYS[2], 11, at - 1)
while ARGV[at] do
  local last = at + 1 + tonumber(ARGV[at + 1])
  local key = KEYS[3] .. ARGV[at]
  if take(key, at + 2, last) > 0 and redis.call('HLEN', key) == 0 then traces = traces - 1 end
  at = last + 1
end

count, sum = count - taken, (sum - tonumber(ARGV[8])) % modulus
spans = spans - tonumber(ARGV[9])
if taken ~= asked then
  -- Not all were there, and which is not known: rare enough to add up what is left.
  sum, spans = 0, 0
  for _, offset in ipairs(redis.call('HKEYS', KEYS[2])) do
    sum = (sum + tonumber(offset) % modulus) % modulus
    spans = spans + (#redis.call('HGET', KEYS[2], offset) - ${HEAD_BYTES}) / ${SPAN_BYTES}
  end
end
save(ARGV[5], ARGV[6], ARGV[7])
return moveOn()
`,
);
