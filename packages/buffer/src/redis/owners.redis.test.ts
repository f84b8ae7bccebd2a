import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { FencedError } from '../errors.ts';
import { dropArgs } from './args.ts';
import type { RedisBuffer } from './buffer.ts';
import { connect } from './client/client.ts';
import { encodeEntries } from './entry.ts';
import { partitionKeys } from './keys.ts';
import { dropScript } from './lua/drop.lua.ts';
import { Owner } from './owner.ts';
import { takePartition } from './take.ts';
import { after, behind, chunkAt, chunksFrom, machineClock, open, START } from './testing/open.ts';

const { url } = inject('redis');
let stream: string;
let one: RedisBuffer;
let two: RedisBuffer;

beforeEach(async () => {
  stream = randomUUID();
  [one, two] = await Promise.all([open(url), open(url)]);
});
afterEach(async () => {
  await Promise.all([one.close(), two.close()]);
  await behind(url, async (redis) => {
    const keys = await redis.keys(`*spanloom:{${stream}/*`);
    if (keys.length > 0) await redis.unlink(...keys);
  });
});

const key = (name: string, partition = 0): string => `spanloom:{${stream}/${partition}}:${name}`;
const traceKey = (offset: number): string => key(`t:${chunkAt(offset).traceId}`);
const dbKeys = (): Promise<string[]> => behind(url, (redis) => redis.keys(`*spanloom:{${stream}/*`));

it('lets one of two processes go on, and tells the other', async () => {
  const first = await one.claim(stream, 0);
  await first.claim.reset(START);
  await first.claim.append(chunksFrom(0, 10), after(chunksFrom(0, 10)));
  const second = await two.claim(stream, 0);
  expect(second.state).toEqual({ ...after(chunksFrom(0, 10)), reconciled: 0 });
  await expect(first.claim.append(chunksFrom(10, 1), after(chunksFrom(10, 1)))).rejects.toThrow(
    'was claimed by another owner',
  );
  // Once told, always told: without asking.
  await expect(first.claim.check()).rejects.toBeInstanceOf(FencedError);
  await second.claim.release(chunksFrom(0, 10), 3);
  expect(await second.claim.index()).toEqual([]);

  const third = await one.claim(stream, 0);
  expect(third.state).toEqual({ ...after(chunksFrom(0, 10)), reconciled: 3 });
  await expect(second.claim.check()).rejects.toBeInstanceOf(FencedError);
});

it('leaves one owner, however many claim at once', async () => {
  const claims = await Promise.all([one, two, one, two].map((buffer) => buffer.claim(stream, 0)));
  const checks = await Promise.allSettled(claims.map(({ claim }) => claim.check()));
  expect(checks.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

it('takes calls that are made at once in their order', async () => {
  const { claim } = await one.claim(stream, 0);
  const all = [chunksFrom(0, 5), chunksFrom(5, 5), chunksFrom(10, 5)];
  await Promise.all([claim.reset(START), ...all.map((chunks) => claim.append(chunks, after(chunks))), claim.check()]);
  expect((await claim.index()).map(({ offset }) => offset)).toEqual(Array.from({ length: 15 }, (_, i) => i));
});

it.each([0, 1_000_000])('gives records back with a cache of %i bytes', async (cacheBytes) => {
  const buffer = await open(url, { cacheBytes });
  const { claim } = await buffer.claim(stream, 0);
  await claim.reset(START);
  const chunks = [...chunksFrom(0, 1000), ...chunksFrom(1000, 3, 500_000)];
  await claim.append(chunks, after(chunks));
  const asked = chunks.toReversed();
  const records = await claim.records(asked);
  expect(records.every((record, i) => Buffer.from(record ?? []).equals(asked[i]?.record ?? Buffer.alloc(0)))).toBe(
    true,
  );
  await buffer.close();
});

it('adds more than fits into one script, and removes it again', async () => {
  const { claim } = await one.claim(stream, 0);
  await claim.reset(START);
  const chunks = chunksFrom(0, 10_000, 50);
  await claim.append(chunks, after(chunks));
  const again = await two.claim(stream, 0);
  expect(again.state).toEqual({ ...after(chunks), reconciled: 0 });
  expect(await again.claim.index()).toHaveLength(10_000);
  await again.claim.release(chunks.slice(0, 9_000), 5);
  expect((await one.claim(stream, 0)).state).toEqual({ ...after(chunks), reconciled: 5 });
  const last = await two.claim(stream, 0);
  expect((await last.claim.index()).map(({ offset }) => offset)).toEqual(
    Array.from({ length: 1000 }, (_, i) => 9000 + i),
  );
  await last.claim.reset(START);
  expect(await dbKeys()).toEqual([key('meta')]);
});

it('holds a trace of more chunks than one call takes', async () => {
  const { claim } = await one.claim(stream, 0);
  await claim.reset(START);
  const chunks = chunksFrom(0, 7000, 20).map((chunk) => ({ ...chunk, traceId: 'ab'.repeat(16) }));
  await claim.append(chunks.slice(0, 3500), after(chunks.slice(0, 3500)));
  await claim.append(chunks.slice(3500), after(chunks));
  expect(await two.peek(stream, 0, 'ab'.repeat(16))).toHaveLength(7000);
  const records = await claim.records(chunks);
  expect(records.every((record, i) => Buffer.from(record ?? []).equals(chunks[i]?.record ?? Buffer.alloc(0)))).toBe(
    true,
  );
  await claim.release(chunks, 1);
  expect(await dbKeys()).toEqual([key('meta')]);
});

it.each([0, 1000])(
  'finds no state, and leaves nothing behind, when a reset was stopped after %i chunks',
  async (dropped) => {
    const { claim } = await one.claim(stream, 0);
    await claim.reset(START);
    const chunks = chunksFrom(0, 8000, 50);
    await claim.append(chunks, after(chunks));
    // The first steps of a reset, and no more of them.
    const client = await connect({ connection: { url }, clock: machineClock, timeoutMs: 5000, onAnswer: () => {} });
    const at = {
      client,
      keys: partitionKeys('', stream, 0),
      lives: { metadataMs: 60_000, dataMs: 120_000 },
      token: 't',
    };
    const owner = new Owner({ ...at, version: (await takePartition(at)).version });
    await owner.run(dropScript, dropArgs([]));
    const gone = chunks.slice(0, dropped).map(({ offset, traceId }) => ({ offset: String(offset), traceId }));
    if (dropped > 0) await owner.run(dropScript, dropArgs(gone));
    await client.close();

    const second = await two.claim(stream, 0);
    expect(second.state).toBeNull();
    await second.claim.reset({ ...START, applied: 7 });
    expect(await dbKeys()).toEqual([key('meta')]);
    expect((await one.claim(stream, 0)).state).toEqual({ ...START, applied: 7 });
  },
);

it('counts what is open anew where a version left state that did not', async () => {
  const { claim } = await one.claim(stream, 0);
  await claim.reset(START);
  await claim.append(chunksFrom(0, 6), after(chunksFrom(0, 6)));
  await behind(url, (redis) => redis.hdel(key('meta'), 'traces', 'spans'));
  expect(await two.openFigures(stream, 0)).toBeNull();
  const again = await two.claim(stream, 0);
  expect(again.state).toEqual({ ...after(chunksFrom(0, 6)), reconciled: 0 });
  expect(await one.openFigures(stream, 0)).toEqual({ applied: 6, chunks: 6, traces: 2, spans: 24 });
  await again.claim.release(chunksFrom(0, 4), 1);
  expect(await one.openFigures(stream, 0)).toEqual({ applied: 6, chunks: 2, traces: 1, spans: 8 });
});

it('counts what is left when told to release what is not there', async () => {
  const { claim } = await one.claim(stream, 0);
  await claim.reset(START);
  const large = chunksFrom(2 ** 40 + 7, 20);
  await claim.append(large, after(large));
  await claim.release([...large.slice(0, 5), ...large.slice(0, 5), chunkAt(3)], 1);
  await claim.release(large.slice(3, 8), 2);
  const again = await two.claim(stream, 0);
  expect(again.state).toEqual({ ...after(large), reconciled: 2 });
  expect(await one.openFigures(stream, 0)).toMatchObject({ chunks: 12, traces: 4, spans: 48 });
  expect((await again.claim.index()).map(({ offset }) => offset)).toEqual(large.slice(8).map(({ offset }) => offset));
});

it('knows offsets as large as they get', async () => {
  const { claim } = await one.claim(stream, 0);
  const last = Number.MAX_SAFE_INTEGER - 10;
  await claim.reset({ ...START, applied: last - 10 });
  const chunks = chunksFrom(last - 10, 10);
  await claim.append(chunks, after(chunks));
  let owner = claim;
  for (const [i, chunk] of chunks.entries()) {
    await owner.release([chunk], i);
    const again = await two.claim(stream, 0);
    expect(again.state).toEqual({ ...after(chunks), reconciled: i });
    owner = again.claim;
  }
});

it('gives every key an end, the metadata first, and puts it off while the owner is at work', async () => {
  const buffer = await open(url, { ttlMs: 60_000 });
  const { claim } = await buffer.claim(stream, 0);
  await claim.reset(START);
  await claim.append(chunksFrom(0, 8), after(chunksFrom(0, 8)));
  const lives = await behind(url, async (redis) => {
    const keys = await redis.keys(`*spanloom:{${stream}/*`);
    return new Map(await Promise.all(keys.map(async (name) => [name, await redis.pttl(name)] as const)));
  });
  expect([...lives.keys()].sort()).toEqual([key('index'), key('meta'), traceKey(0), traceKey(4)].sort());
  const metadata = lives.get(key('meta')) ?? 0;
  expect(metadata).toBeGreaterThan(50_000);
  expect(metadata).toBeLessThanOrEqual(60_000);
  for (const [name, life] of lives) if (name !== key('meta')) expect(life).toBeGreaterThan(100_000);

  await behind(url, async (redis) => {
    await redis.pexpire(key('meta'), 20_000);
    await redis.pexpire(key('index'), 20_000);
  });
  await claim.check();
  const [meta, index] = await behind(url, (redis) => Promise.all([redis.pttl(key('meta')), redis.pttl(key('index'))]));
  expect(meta).toBeGreaterThan(50_000);
  expect(index).toBeGreaterThan(100_000);
  await buffer.close();
});

it('goes on when the server forgot its scripts', async () => {
  const { claim } = await one.claim(stream, 0);
  await claim.reset(START);
  await behind(url, (redis) => redis.script('FLUSH'));
  await claim.append(chunksFrom(0, 3), after(chunksFrom(0, 3)));
  expect(await claim.index()).toHaveLength(3);
});

it('keeps keys of another prefix apart', async () => {
  const other = await open(url, { prefix: 'staging.' });
  const { claim } = await one.claim(stream, 0);
  await claim.reset(START);
  const theirs = await other.claim(stream, 0);
  expect(theirs.state).toBeNull();
  await claim.check();
  expect((await dbKeys()).sort()).toEqual([key('meta'), `staging.${key('meta')}`].sort());
  await other.close();
  await expect(open(url, { prefix: '{a}' })).rejects.toThrow('no braces');
});

it.each(['meta', 'index'])('notices that %s was deleted by hand', async (name) => {
  const { claim } = await one.claim(stream, 0);
  await claim.reset(START);
  await claim.append(chunksFrom(0, 8), after(chunksFrom(0, 8)));
  await behind(url, (redis) => redis.del(key(name)));
  await expect(claim.append(chunksFrom(8, 8), after(chunksFrom(8, 8)))).rejects.toBeInstanceOf(FencedError);
  const again = await one.claim(stream, 0);
  expect(again.state).toBeNull();
  await again.claim.reset(START);
  await again.claim.append(chunksFrom(0, 4), after(chunksFrom(0, 4)));
  expect(await again.claim.index()).toHaveLength(4);
});

it('answers null for the records of a trace that was deleted by hand', async () => {
  const { claim } = await one.claim(stream, 0);
  await claim.reset(START);
  await claim.append(chunksFrom(0, 8), after(chunksFrom(0, 8)));
  await behind(url, (redis) => redis.del(traceKey(0)));
  const records = await claim.records(chunksFrom(2, 4));
  expect(records.map((record) => record !== null)).toEqual([false, false, true, true]);
  expect(await two.peek(stream, 0, chunkAt(0).traceId)).toEqual([]);
});

const [another = ''] = encodeEntries([chunkAt(99)]);

it.each([
  ['an entry that is none', [['hset', '3', 'something else']]],
  [
    'another chunk',
    [
      ['hdel', '3'],
      ['hset', '99', another],
    ],
  ],
])('takes no index for its own that has %s in it', async (_, commands) => {
  const { claim } = await one.claim(stream, 0);
  await claim.reset(START);
  await claim.append(chunksFrom(0, 8), after(chunksFrom(0, 8)));
  await behind(url, async (redis) => {
    for (const [name = '', ...args] of commands) await redis.call(String(name), key('index'), ...args);
  });
  const again = await one.claim(stream, 0);
  expect(again.state).toBeNull();
  await again.claim.reset(START);
  expect(await again.claim.index()).toEqual([]);
});

it('shows nothing of a trace that is not in the index', async () => {
  const { claim } = await one.claim(stream, 0);
  await claim.reset(START);
  await claim.append(chunksFrom(0, 4), after(chunksFrom(0, 4)));
  await behind(url, (redis) => redis.hset(traceKey(0), '77', 'left behind'));
  expect((await two.peek(stream, 0, chunkAt(0).traceId)).map(({ offset }) => offset)).toEqual([0, 1, 2, 3]);
});
