import { luaScript, type LuaScript } from './script.ts';

/**
 * Makes the caller the owner. State whose index is not there as it was counted is dropped.
 *
 * KEYS[1] metadata, KEYS[2] index
 * ARGV[1] owner
 * ARGV[2] life of the metadata in milliseconds
 * ARGV[3] life of the index in milliseconds
 *
 * Answers version, applied, reconciled, streamTimeMs, count, sum, traces, spans: all but the first null without state,
 * the last two where an older version left it.
 */
export const claimScript: LuaScript = luaScript(
  'claim',
  'runs',
  `
local version = redis.call('HINCRBY', KEYS[1], 'version', 1)
redis.call('HSET', KEYS[1], 'owner', ARGV[1])
local count = tonumber(redis.call('HGET', KEYS[1], 'count') or nil)
if count ~= redis.call('HLEN', KEYS[2]) then
  redis.call('HDEL', KEYS[1], 'applied', 'reconciled', 'streamTimeMs', 'count', 'sum', 'traces', 'spans')
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
local state = redis.call('HMGET', KEYS[1], 'applied', 'reconciled', 'streamTimeMs', 'count', 'sum', 'traces', 'spans')
return { version, unpack(state) }
`,
);
