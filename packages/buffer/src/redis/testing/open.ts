/** What tests of the Redis buffer share. */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '@spanloom/span';
import { Redis } from 'ioredis';
import type { BufferedChunk } from '../../port.ts';
import { openRedisBuffer, type RedisBuffer } from '../buffer.ts';
import type { RedisBufferOptions, RedisConnection } from '../options.ts';

export const machineClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    await delay(ms, undefined, signal === undefined ? {} : { signal }).catch(() => {});
  },
};

/** A buffer on a server. Without a cache unless told: what is read comes from Redis. */
export function open(
  connection: string | RedisConnection,
  options: Partial<Omit<RedisBufferOptions, 'connection'>> = {},
): Promise<RedisBuffer> {
  return openRedisBuffer({
    connection: typeof connection === 'string' ? { url: connection } : connection,
    clock: machineClock,
    random: randomBytes,
    cacheBytes: 0,
    onWarning: () => {},
    ...options,
  });
}

/** Does something to a server behind the buffer's back. */
export async function behind<T>(url: string, act: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url);
  try {
    return await act(redis);
  } finally {
    redis.disconnect();
  }
}

/** Asks until it is so; says what it waited for when it is not within a minute. */
export async function until(what: string, ask: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await ask())) {
    if (Date.now() > end) throw new Error(`waited a minute in vain for: ${what}`);
    await machineClock.sleep(20);
  }
}

/** Tries until it succeeds. */
export async function eventually<T>(what: string, attempt: () => Promise<T>): Promise<T> {
  const got: T[] = [];
  await until(what, () =>
    attempt().then(
      (value) => got.push(value) > 0,
      () => false,
    ),
  );
  return got[0] as T;
}

export const START = { applied: 0, reconciled: 0, streamTimeMs: 1_700_000_000_000 };

/** A chunk of four spans, in a trace of `chunksPerTrace`. */
export function chunkAt(offset: number, recordBytes = 1200, chunksPerTrace = 4): BufferedChunk {
  const spans = 4;
  return {
    offset,
    traceId: Math.floor(offset / chunksPerTrace)
      .toString(16)
      .padStart(32, '0'),
    streamTimeMs: START.streamTimeMs + offset,
    index: {
      spanIds: Buffer.alloc(8 * spans, offset),
      parentIds: Buffer.alloc(8 * spans, offset + 1),
      marks: Buffer.alloc(spans, 2),
      startNs: 1_700_000_000_000_000_000n + BigInt(offset),
      endNs: 1_700_000_000_000_000_000n + BigInt(offset + 1000),
      bodyBytes: 3 * recordBytes,
    },
    record: Buffer.alloc(recordBytes, `${offset} `),
  };
}

export function chunksFrom(first: number, count: number, recordBytes?: number): BufferedChunk[] {
  return Array.from({ length: count }, (_, i) => chunkAt(first + i, recordBytes));
}

export const after = (chunks: readonly BufferedChunk[]): { applied: number; streamTimeMs: number } => ({
  applied: (chunks.at(-1)?.offset ?? -1) + 1,
  streamTimeMs: chunks.at(-1)?.streamTimeMs ?? 0,
});
