import { type RedisServer, startRedis } from '@spanloom/engines';
import { afterEach, expect, it } from 'vitest';
import { BufferError, BufferFullError, BufferSetupError, FencedError } from '../errors.ts';
import type { RedisBuffer } from './buffer.ts';
import { after, behind, chunkAt, chunksFrom, eventually, open, START, until } from './testing/open.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

async function serve(...args: readonly string[]): Promise<RedisServer> {
  const server = await startRedis({ args });
  stops.push(server.stop);
  return server;
}

async function opened(...args: Parameters<typeof open>): Promise<RedisBuffer> {
  const buffer = await open(...args);
  stops.push(() => buffer.close());
  return buffer;
}

it('at the memory limit refuses to append and nothing else, says so, and goes on when there is room', async () => {
  const { url } = await serve('--maxmemory', '8mb');
  const buffer = await opened(url);
  const { claim } = await buffer.claim('s', 0);
  await claim.reset(START);
  expect(buffer.problem()).toBeNull();
  let next = 0;
  const append = async (): Promise<void> => {
    const chunks = chunksFrom(next, 100, 2000);
    await claim.append(chunks, after(chunks));
    next += 100;
  };
  let refusal: unknown = null;
  while (refusal === null && next < 10_000) await append().catch((error: unknown) => (refusal = error));
  expect(refusal).toBeInstanceOf(BufferFullError);
  expect(buffer.problem()).toContain('is at its memory limit');
  await until('the server says how full it is', () => (buffer.memory()?.usedBytes ?? 0) > 7_000_000);
  expect(buffer.memory()?.maxBytes).toBe(8 * 1024 * 1024);

  // More than the limit, so that nothing but what is allowed to passes.
  await behind(url, (redis) => redis.config('SET', 'maxmemory', '4mb'));
  await expect(append()).rejects.toBeInstanceOf(BufferFullError);
  expect(await claim.index()).toHaveLength(next);
  await claim.append([], { applied: next, streamTimeMs: 0 });
  const again = await buffer.claim('s', 0);
  expect(again.state?.applied).toBe(next);
  expect(await again.claim.records([chunkAt(0)])).not.toEqual([null]);
  await again.claim.release(chunksFrom(0, 100), 1);
  await (await buffer.claim('other', 0)).claim.reset(START);
  await behind(url, (redis) => redis.config('SET', 'maxmemory', '8mb'));

  const { claim: last, state } = await buffer.claim('s', 0);
  expect(state?.reconciled).toBe(1);
  await last.release(chunksFrom(100, Math.floor(next / 2)), 2);
  const more = chunksFrom(next, 100, 2000);
  await last.append(more, after(more));
  await until('all is well again', () => buffer.problem() === null);
  await last.reset(START);
  expect(await last.index()).toEqual([]);
});

it('adds nothing of an append that did not fit in whole', async () => {
  const { url } = await serve('--maxmemory', '24mb');
  const buffer = await opened(url);
  const { claim } = await buffer.claim('s', 0);
  await claim.reset(START);
  const few = chunksFrom(0, 10);
  await claim.append(few, after(few));
  // Several scripts; the first ones pass.
  const many = chunksFrom(10, 16_000, 1600);
  await expect(claim.append(many, after(many))).rejects.toBeInstanceOf(BufferFullError);
  expect(await claim.index()).toHaveLength(10);
  await claim.append(chunksFrom(10, 10), after(chunksFrom(10, 10)));
  expect((await buffer.claim('s', 0)).state?.applied).toBe(20);
});

it('says that the limit is near before it is reached', async () => {
  const { url } = await serve();
  const buffer = await opened(url);
  await behind(url, (redis) => redis.set('ballast', Buffer.alloc(8_000_000)));
  await until('it is known how full it is', () => (buffer.memory()?.usedBytes ?? 0) > 8_000_000);
  expect(buffer.problem()).toBeNull();
  const limit = Math.ceil((buffer.memory()?.usedBytes ?? 0) / 0.95);
  await behind(url, (redis) => redis.config('SET', 'maxmemory', limit));
  await until('it is noticed', () => buffer.problem() !== null);
  expect(buffer.problem()).toMatch(/uses 9\d % of its memory limit \(\d+ of \d+ bytes\)/);
  await behind(url, (redis) => redis.del('ballast'));
  await until('it is over', () => buffer.problem() === null);
});

it('refuses a server that evicts, and warns of one without a limit', async () => {
  const evicts = await serve('--maxmemory', '8mb', '--maxmemory-policy', 'allkeys-lru');
  await expect(open(evicts.url)).rejects.toBeInstanceOf(BufferSetupError);
  await expect(open(evicts.url)).rejects.toThrow('maxmemory-policy allkeys-lru');
  const { url } = await serve();
  const warnings: string[] = [];
  await opened(url, { onWarning: (message) => warnings.push(message) });
  expect(warnings).toEqual([expect.stringContaining('has no maxmemory')]);
});

it('notices a server that went back to a snapshot, and finds there what the snapshot has', async () => {
  const server = await serve();
  const buffer = await opened(server.url);
  const { claim } = await buffer.claim('s', 0);
  await claim.reset(START);
  const kept = chunksFrom(0, 6);
  await claim.append(kept, after(kept));
  await behind(server.url, (redis) => redis.save());
  await claim.release(chunksFrom(0, 2), 9);
  await claim.append(chunksFrom(6, 6), after(chunksFrom(6, 6)));
  await server.kill();
  await server.start();
  await until('connected', () => buffer.problem() === null);

  await expect(claim.append(chunksFrom(12, 1), after(chunksFrom(12, 1)))).rejects.toThrow('rolled back');
  const again = await buffer.claim('s', 0);
  expect(again.state).toEqual({ ...after(kept), reconciled: 0 });
  expect((await again.claim.index()).map(({ offset }) => offset)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(await again.claim.records(kept)).toEqual(kept.map(({ record }) => record));
});

it('fails at once while the server is dead, and goes on by itself', async () => {
  const server = await serve();
  const buffer = await opened(server.url);
  const { claim } = await buffer.claim('s', 0);
  await claim.reset(START);
  await server.kill();
  await until('the connection is gone', () => buffer.problem() !== null);
  expect(buffer.problem()).toContain('cannot be reached');
  const beforeMs = performance.now();
  await expect(buffer.claim('s', 0)).rejects.toMatchObject({ name: 'BufferError', retryable: true });
  await expect(buffer.peek('s', 0, 'ab'.repeat(16))).rejects.toBeInstanceOf(BufferError);
  await expect(claim.check()).rejects.toBeInstanceOf(BufferError);
  expect(performance.now() - beforeMs).toBeLessThan(2000);
  await server.start();
  await until('connected', () => buffer.problem() === null);
  await expect(claim.check()).rejects.toBeInstanceOf(FencedError);
  expect((await buffer.claim('s', 0)).state).toBeNull();
});

it('does not believe in a call whose answer was lost', async () => {
  const server = await serve();
  const buffer = await opened(server.url, { timeoutMs: 300 });
  const { claim } = await buffer.claim('s', 0);
  await claim.reset(START);
  const chunks = chunksFrom(0, 10);
  server.group().signal('SIGSTOP');
  const lost = claim.append(chunks, after(chunks));
  await expect(lost).rejects.toBeInstanceOf(BufferError);
  await expect(claim.append(chunks, after(chunks))).rejects.toBeInstanceOf(FencedError);
  server.group().signal('SIGCONT');
  const again = await eventually('it can be claimed', () => buffer.claim('s', 0));
  await expect(claim.check()).rejects.toBeInstanceOf(FencedError);

  // Done or not, it is whole.
  const open = await again.claim.index();
  expect(again.state?.applied).toBe(open.length);
  await again.claim.append(chunks, after(chunks));
  expect(await again.claim.index()).toHaveLength(10);
  expect((await buffer.claim('s', 0)).state?.applied).toBe(10);
});

it('says what it waits for when there is no server', async () => {
  const server = await serve();
  await server.kill();
  await expect(open(server.url)).rejects.toThrow(`Redis at 127.0.0.1:${server.port} cannot be reached`);
  await expect(open(server.url)).rejects.toMatchObject({ retryable: true });
});

it('opens no further than to a server that does not answer', async () => {
  const server = await serve();
  server.group().signal('SIGSTOP');
  await expect(open(server.url, { timeoutMs: 200 })).rejects.toBeInstanceOf(BufferError);
  server.group().signal('SIGCONT');
});
