import { randomBytes, randomUUID } from 'node:crypto';
import { openRedisBuffer } from '@spanloom/buffer';
import { type RedisServer, startRedis } from '@spanloom/engines';
import { systemClock } from '@spanloom/runtime';
import { afterAll, beforeAll } from 'vitest';
import { openTracesContract } from '../testing/open-contract.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

openTracesContract('Redis', async () => {
  const buffer = await openRedisBuffer({
    connection: { url: server.url },
    clock: systemClock,
    random: randomBytes,
    cacheBytes: 0,
    onWarning: () => {},
  });
  return { buffer, stream: randomUUID(), discard: () => buffer.close() };
});
