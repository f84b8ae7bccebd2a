/**
 * How every script of an owner begins and ends.
 *
 * KEYS[1] metadata of the partition: owner, version and, unless it has no state, applied,
 *         reconciled, streamTimeMs, count, sum, traces, spans
 * KEYS[2] index of the partition: offset -> entry
 * KEYS[3] what the keys of its traces begin with; each is a hash, offset -> record
 * ARGV[1] owner
 * ARGV[2] version
 * ARGV[3] life of the metadata in milliseconds
 * ARGV[4] life of the index and of traces in milliseconds
 *
 * Answers 'ok', or why the owner is one no longer: then nothing was changed.
 */
export const fence = `
local held = redis.call('HMGET', KEYS[1], 'owner', 'version', 'count', 'sum', 'traces', 'spans')
if not held[1] then return 'wiped' end
if held[1] ~= ARGV[1] then return 'claimed' end
if held[2] ~= ARGV[2] then return 'moved' end

local function moveOn()
  redis.call('HINCRBY', KEYS[1], 'version', 1)
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  redis.call('PEXPIRE', KEYS[2], ARGV[4])
  return 'ok'
end
`;

/** Sums of offsets are kept modulo 2^32: numbers here are doubles, and exact below 2^53 only. */
export const whole = `
local count, sum = tonumber(held[3]), tonumber(held[4])
if count and redis.call('HLEN', KEYS[2]) ~= count then return 'torn' end
local modulus = 4294967296
local traces, spans = tonumber(held[5]), tonumber(held[6])

local function save(applied, reconciled, streamTimeMs)
  redis.call('HSET', KEYS[1], 'applied', applied, 'reconciled', reconciled,
    'streamTimeMs', streamTimeMs, 'count', count, 'sum', sum,
    'traces', traces, 'spans', spans)
end
`;
