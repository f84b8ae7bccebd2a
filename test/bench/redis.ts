/**
 * What Redis costs as the buffer: its CPU and its memory for a span, and how long a takeover takes.
 * `node test/dist/bench/redis.js [chunks]`.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { type BufferedChunk, type OpenChunk, openRedisBuffer, type RedisBuffer } from '@spanloom/buffer';
import { type RedisServer, startRedis } from '@spanloom/engines';
import { systemClock } from '@spanloom/runtime';

const total = Number(process.argv[2] ?? 150_000);
const openAtOnce = 40_000;
const batch = 400;
const recordBytes = 1400;
const bytes = randomBytes(16 * 1024);

/** Three or four spans each: 3.8 on average. The chunks of a trace come in one batch, among those of others. */
function chunkAt(offset: number, chunksPerTrace: number): BufferedChunk {
  const spans = offset % 5 === 0 ? 3 : 4;
  const at = offset % 500;
  const trace = Math.floor(offset / (chunksPerTrace * 8)) * 8 + (offset % 8);
  return {
    offset,
    traceId: trace.toString(16).padStart(32, '0'),
    streamTimeMs: 1_700_000_000_000 + offset,
    index: {
      spanIds: bytes.subarray(at, at + 8 * spans),
      parentIds: bytes.subarray(at + 1, at + 1 + 8 * spans),
      marks: bytes.subarray(at, at + spans),
      startNs: 1_700_000_000_000_000_000n,
      endNs: 1_700_000_000_000_000_000n,
      bodyBytes: 3 * recordBytes,
    },
    record: bytes.subarray(at, at + recordBytes),
  };
}

const spansOf = (chunks: readonly OpenChunk[]): number =>
  chunks.reduce((sum, { index }) => sum + index.marks.length, 0);

/** CPU that the server has used, microseconds. */
function cpuUs(server: RedisServer): number {
  const fields = readFileSync(`/proc/${server.group().pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

function open(server: RedisServer, cacheBytes: number): Promise<RedisBuffer> {
  return openRedisBuffer({
    connection: { url: server.url },
    clock: systemClock,
    random: randomBytes,
    cacheBytes,
    onWarning: () => {},
  });
}

/** Memory of the server when it has said so anew. */
async function usedBytes(buffer: RedisBuffer): Promise<number> {
  await systemClock.sleep(2500);
  return buffer.memory()?.usedBytes ?? 0;
}

/** Appends, reads and releases with some traces always open. */
async function measure(chunksPerTrace: number, cacheBytes: number): Promise<void> {
  const server = await startRedis();
  const buffer = await open(server, cacheBytes);
  const { claim } = await buffer.claim('bench', 0);
  await claim.reset({ applied: 0, reconciled: 0, streamTimeMs: 0 });
  const empty = await usedBytes(buffer);
  const held: OpenChunk[] = [];
  let spans = 0;
  const redisBefore = cpuUs(server);
  const ownBefore = process.cpuUsage();
  for (let offset = 0; offset < total; offset += batch) {
    const chunks = Array.from({ length: batch }, (_, i) => chunkAt(offset + i, chunksPerTrace));
    spans += spansOf(chunks);
    await claim.append(chunks, { applied: offset + batch, streamTimeMs: offset });
    for (const { record: _, ...chunk } of chunks) held.push(chunk);
    if (held.length <= openAtOnce) continue;
    const done = held.splice(0, batch);
    const records = await claim.records(done);
    if (records.includes(null)) throw new Error('a record is missing');
    await claim.release(done, offset);
  }
  const redisUs = (cpuUs(server) - redisBefore) / spans;
  const own = process.cpuUsage(ownBefore);
  const bytesPerSpan = ((await usedBytes(buffer)) - empty) / spansOf(held);
  console.log({
    chunksPerTrace,
    cacheBytes,
    redisUsPerSpan: Number(redisUs.toFixed(2)),
    ownUsPerSpan: Number(((own.user + own.system) / spans).toFixed(2)),
    bytesPerSpan: Math.round(bytesPerSpan),
    recordBytesPerSpan: Math.round((recordBytes * held.length) / spansOf(held)),
  });

  const startedMs = performance.now();
  const again = await buffer.claim('bench', 0);
  const index = await again.claim.index();
  console.log(`took over ${spansOf(index)} spans in ${(performance.now() - startedMs).toFixed(0)} ms`);
  await buffer.close();
  await server.stop();
}

for (const chunksPerTrace of [4, 2, 1]) await measure(chunksPerTrace, 96 * 1024 * 1024);
await measure(4, 0);
