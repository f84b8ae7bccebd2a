import { BufferError, BufferSetupError } from '../errors.ts';
import { offsetsBetween } from '../offsets.ts';
import type { BufferedChunk, TraceBuffer } from '../port.ts';
import { type CachePart, createCache, type RecordCache } from './cache.ts';
import { createClaim } from './claim.ts';
import { connect, type RedisClient } from './client/client.ts';
import { decodeEntry } from './entry.ts';
import { partitionKeys, type PartitionKeys } from './keys.ts';
import { countScript } from './lua/count.lua.ts';
import type { RedisBufferOptions } from './options.ts';
import { type Lives, Owner } from './owner.ts';
import { judgeServer } from './server/fitness.ts';
import { parseInfo, type RedisMemory, type ServerInfo } from './server/info.ts';
import { type ServerWatch, watchServer } from './server/watch.ts';
import { takePartition } from './take.ts';

/** Open traces in a Redis of their own, or beside others. */
export interface RedisBuffer extends TraceBuffer {
  /** What keeps it from taking more, or soon will; null when all is well. For `/readyz`. */
  problem(): string | null;
  /** Memory of the server; null while it does not tell. */
  memory(): RedisMemory | null;
}

const defaultTtlMs = 3_600_000;
const defaultTimeoutMs = 5000;

/**
 * Resolves when the server was reached and is fit to be used. Rejects with BufferError when it cannot be
 * reached (try again), with BufferSetupError when it or its settings are wrong (do not).
 */
export async function openRedisBuffer(options: RedisBufferOptions): Promise<RedisBuffer> {
  const { connection, clock, onWarning, prefix = '', ttlMs = defaultTtlMs, timeoutMs = defaultTimeoutMs } = options;
  if (/[{}]/.test(prefix)) throw new BufferSetupError(`The prefix '${prefix}' of keys in Redis may hold no braces.`);
  let watch: ServerWatch | null = null;
  const client = await connect({
    connection,
    clock,
    timeoutMs,
    onAnswer: (what, refusal) => watch?.noted(what, refusal),
  });
  try {
    for (const warning of judgeServer(await infoOf(client), client.where)) onWarning(warning);
  } catch (error) {
    await client.close();
    throw error;
  }
  const { where, info, disconnected } = client;
  watch = watchServer({ where, clock, info: () => info('memory'), disconnected });
  return bufferOn(client, watch, {
    prefix,
    cache: createCache(options.cacheBytes),
    lives: { metadataMs: ttlMs, dataMs: 2 * ttlMs },
    newToken: () => Buffer.from(options.random(16)).toString('hex'),
  });
}

async function infoOf(client: RedisClient): Promise<ServerInfo | null> {
  try {
    return parseInfo(await client.info());
  } catch (error) {
    if (client.disconnected() !== null) throw error;
    return null;
  }
}

interface Parts {
  readonly prefix: string;
  readonly cache: RecordCache;
  readonly lives: Lives;
  readonly newToken: () => string;
}

function bufferOn(client: RedisClient, watch: ServerWatch, { prefix, cache, lives, newToken }: Parts): RedisBuffer {
  const caches = new Map<string, CachePart>();
  let closed = false;

  function keysOf(stream: string, partition: number): PartitionKeys {
    if (closed) throw new BufferError('The buffer is closed.');
    return partitionKeys(prefix, stream, partition);
  }

  return {
    async claim(stream, partition) {
      const keys = keysOf(stream, partition);
      const token = newToken();
      const { version, left } = await takePartition({ client, keys, lives, token });
      const owner = new Owner({ client, keys, lives, token, version });
      const uncounted = left?.uncounted ?? null;
      if (uncounted !== null) await owner.run(countScript, [uncounted.traces, uncounted.spans]);
      const part = cache.part();
      // What an earlier claim of this process kept may be released by now.
      caches.get(keys.metadata)?.clear();
      caches.set(keys.metadata, part);
      return { claim: createClaim({ client, keys, owner, cache: part, left }), state: left?.state ?? null };
    },

    async peek(stream, partition, traceId) {
      const keys = keysOf(stream, partition);
      const records = await client.hgetall(keys.traces + traceId);
      const offsets = [...records.keys()].map(Number).sort((a, b) => a - b);
      // Without its entry a chunk is released, or not yet there.
      const entries = offsets.length === 0 ? [] : await client.hmget(keys.index, offsets);
      const chunks: BufferedChunk[] = [];
      for (const [i, offset] of offsets.entries()) {
        const entry = entries[i] ?? null;
        const open = entry === null ? null : decodeEntry(offset, entry);
        const record = records.get(String(offset));
        if (open !== null && record !== undefined) chunks.push({ ...open, record });
      }
      return chunks;
    },

    async openFigures(stream, partition) {
      const fields = ['applied', 'count', 'traces', 'spans'];
      const values = await client.hmget(keysOf(stream, partition).metadata, fields);
      const [applied = 0, chunks = 0, traces = 0, spans = 0] = values.map(Number);
      return values.includes(null) ? null : { applied, chunks, traces, spans };
    },

    async openBetween(stream, partition, from, to) {
      const { index } = keysOf(stream, partition);
      const offsets = offsetsBetween(from, to);
      const entries = offsets.length === 0 ? [] : await client.hmget(index, offsets);
      return offsets.flatMap((offset, i) => {
        const entry = entries[i] ?? null;
        return (entry === null ? null : decodeEntry(offset, entry)) ?? [];
      });
    },

    problem: () => watch.problem(),
    memory: () => watch.memory(),

    async close() {
      closed = true;
      await watch.stop();
      await client.close();
    },
  };
}
