import { randomBytes } from 'node:crypto';

import { type RedisBuffer, type RedisConnection, openRedisBuffer } from '@spanloom/buffer';
import { type Config, type Registry, type Role, UserError } from '@spanloom/runtime';
import { Gauge } from 'prom-client';

import { forPeople } from './for-people.ts';
import { tlsOf } from './pem.ts';
import { listOf, prefixOf } from './prefix.ts';

/** Opens the open traces in the Redis that the settings name. Rejects with a UserError that says what to do. */
export async function openBuffer({ config, clock, logger, registry }: Role): Promise<RedisBuffer> {
  const connection = redisConnectionOf(config);
  if (connection === null) {
    throw new UserError('No Redis is named.', { hint: 'Set --redis-url or --redis-sentinels.', exitCode: 2 });
  }
  const opening = openRedisBuffer({
    connection,
    prefix: prefixOf(config),
    clock,
    random: randomBytes,
    cacheBytes: config.redisCacheBytes,
    onWarning: (message) => logger.warn({}, message),
  });
  const buffer = await forPeople(opening);
  countMemory(registry, buffer);
  return buffer;
}

function countMemory(registry: Registry, buffer: RedisBuffer): void {
  new Gauge({
    name: 'spanloom_buffer_redis_used_bytes',
    help: 'Memory that Redis uses',
    registers: [registry],
    collect() {
      this.set(buffer.memory()?.usedBytes ?? 0);
    },
  });
  new Gauge({
    name: 'spanloom_buffer_redis_max_bytes',
    help: 'Memory that Redis may use; 0: no limit, or it does not tell',
    registers: [registry],
    collect() {
      this.set(buffer.memory()?.maxBytes ?? 0);
    },
  });
}

/** How to reach Redis; null where none is named. */
export function redisConnectionOf(config: Config): RedisConnection | null {
  const tls = tlsOf('redis', { ca: config.redisTlsCaFile });
  const login = {
    ...(config.redisUsername !== '' && { username: config.redisUsername }),
    ...(config.redisPassword !== '' && { password: config.redisPassword }),
    ...(config.redisTlsCaFile !== '' && { tls }),
  };
  const sentinels = listOf(config.redisSentinels);
  if (sentinels.length > 0) {
    return {
      ...login,
      sentinels,
      name: config.redisSentinelName,
      ...(config.redisSentinelPassword !== '' && { sentinelPassword: config.redisSentinelPassword }),
    };
  }
  return config.redisUrl === '' ? null : { ...login, url: config.redisUrl };
}
