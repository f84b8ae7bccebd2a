export * from './port.ts';
export * from './errors.ts';
export { openMemoryBuffer, type MemoryBufferOptions } from './memory/buffer.ts';
export { openRedisBuffer, type RedisBuffer } from './redis/buffer.ts';
export type {
  RedisBufferOptions,
  RedisBySentinels,
  RedisConnection,
  RedisLogin,
  RedisNode,
  RedisTls,
} from './redis/options.ts';
export type { RedisMemory } from './redis/server/info.ts';
