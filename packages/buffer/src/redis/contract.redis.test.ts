import { type RedisServer, startRedis } from '@spanloom/engines';
import { afterAll, beforeAll } from 'vitest';
import { bufferContract } from '../testing/contract.ts';
import { behind, open } from './testing/open.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis({ args: ['--maxmemory', '8mb'] });
});
afterAll(() => server.stop());

// With and without what is kept in memory: nobody can tell.
for (const cacheBytes of [0, 1_000_000]) {
  bufferContract(`The Redis buffer with a cache of ${cacheBytes} bytes`, async () => {
    await behind(server.url, (redis) => redis.flushall());
    const buffer = await open(server.url, { cacheBytes });
    return {
      buffer,
      wipe: () => behind(server.url, async (redis) => void (await redis.flushall())),
      loseChunk: (stream, partition) =>
        behind(server.url, async (redis) => {
          const index = `spanloom:{${stream}/${partition}}:index`;
          const [first = ''] = await redis.hkeys(index);
          await redis.hdel(index, first);
        }),
      discard: () => buffer.close(),
    };
  });
}
