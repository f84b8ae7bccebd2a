import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RedisServer, startRedis } from '@spanloom/engines';
import { Redis } from 'ioredis';
import { afterEach, expect, it } from 'vitest';
import { FencedError } from '../errors.ts';
import { after, behind, chunksFrom, eventually, open, START, until } from './testing/open.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

const password = 'sentinels know';

async function serve(...args: Parameters<typeof startRedis>): Promise<RedisServer> {
  const server = await startRedis(...args);
  stops.push(server.stop);
  return server;
}

/** A sentinel that needs nobody's consent. */
async function serveSentinel(master: RedisServer): Promise<RedisServer> {
  const file = join(master.dir, 'sentinel.conf');
  const lines = [
    `sentinel monitor spans 127.0.0.1 ${master.port} 1`,
    'sentinel down-after-milliseconds spans 1000',
    'sentinel failover-timeout spans 5000',
    `requirepass "${password}"`,
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  return serve({ program: 'redis-sentinel', args: [file] });
}

it('goes on with the replica when the master died, and notices what it had not got', async () => {
  const master = await serve();
  const replica = await serve({
    args: ['--replicaof', '127.0.0.1', String(master.port), '--repl-diskless-sync-delay', '0'],
  });
  const sentinel = await serveSentinel(master);
  await until('the replica is in step', () =>
    behind(replica.url, async (redis) => (await redis.info('replication')).includes('master_link_status:up')),
  );
  const admin = new Redis({ port: sentinel.port, password });
  stops.push(async () => admin.disconnect());
  await until('the sentinel knows the replica', async () => {
    const replicas = (await admin.call('SENTINEL', 'REPLICAS', 'spans')) as string[][];
    return replicas.length === 1;
  });

  const connection = { sentinels: [`127.0.0.1:${sentinel.port}`], name: 'spans', sentinelPassword: password };
  const buffer = await open(connection);
  const listeners = async (): Promise<number> =>
    ((await admin.call('CLIENT', 'LIST')) as string).split('\n').filter((client) => client.includes(' sub=1 ')).length;
  await until('the sentinel is listened to', async () => (await listeners()) === 1);
  const { claim } = await buffer.claim('s', 0);
  await claim.reset(START);
  const kept = chunksFrom(0, 6);
  await claim.append(kept, after(kept));
  await until('the replica has it', () =>
    behind(replica.url, async (redis) => (await redis.hlen('spanloom:{s/0}:index')) === 6),
  );

  // What the replica never hears of: it stands still, and the master has hung up when more comes.
  replica.group().signal('SIGSTOP');
  await behind(master.url, (redis) => redis.call('CLIENT', 'KILL', 'TYPE', 'replica'));
  const lost = chunksFrom(6, 6);
  await claim.append(lost, after(lost));
  await master.kill();
  replica.group().signal('SIGCONT');

  await expect(claim.check()).rejects.toMatchObject({ retryable: true });
  const again = await eventually('the replica is claimed', () => buffer.claim('s', 0));
  expect(again.state).toEqual({ ...after(kept), reconciled: 0 });
  expect(await again.claim.records(await again.claim.index())).toEqual(kept.map(({ record }) => record));
  await expect(claim.append(chunksFrom(12, 1), after(chunksFrom(12, 1)))).rejects.toBeInstanceOf(FencedError);
  await again.claim.append(lost, after(lost));
  expect(await again.claim.index()).toHaveLength(12);
  await buffer.close();
  await until('nobody listens any more', async () => (await listeners()) === 0);
});
