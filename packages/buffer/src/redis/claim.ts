import { BufferFullError, FencedError } from '../errors.ts';
import type { BufferClaim, BufferedChunk, BufferState, OpenChunk } from '../port.ts';
import { appendArgs, byTrace, dropArgs, releaseArgs, stateArgs, toParts } from './args.ts';
import type { CachePart } from './cache.ts';
import type { RedisClient } from './client/client.ts';
import { decodeEntry } from './entry.ts';
import type { PartitionKeys } from './keys.ts';
import { loadIndex } from './load.ts';
import { appendScript } from './lua/append.lua.ts';
import { checkScript } from './lua/check.lua.ts';
import { dropScript } from './lua/drop.lua.ts';
import { releaseScript } from './lua/release.lua.ts';
import { resetScript } from './lua/reset.lua.ts';
import type { Owner } from './owner.ts';
import type { Taken } from './take.ts';

export interface ClaimOptions {
  readonly client: RedisClient;
  readonly keys: PartitionKeys;
  readonly owner: Owner;
  readonly cache: CachePart;
  readonly left: Taken['left'];
}

/** Fields in one HMGET: with records of 1 MB the answer is still one that both sides can hold. */
const maxReadFields = 200;

export function createClaim(options: ClaimOptions): BufferClaim {
  const { client, keys, owner, cache, left } = options;
  // As it stands in Redis: nobody else changes it while the owner is one.
  let state = left?.state ?? null;
  // What was read to count it: asked for right after as a rule.
  let loaded = left?.index ?? null;

  function held(): BufferState {
    if (state === null) throw new FencedError(`The buffer ${keys.metadata} has no state: reset it first.`);
    return state;
  }

  async function appendParts(parts: readonly BufferedChunk[][], before: BufferState, end: BufferState): Promise<void> {
    for (const [i, part] of parts.entries()) {
      const last = part.at(-1);
      const next = i === parts.length - 1 || last === undefined ? end : partly(before, last);
      try {
        await owner.run(appendScript, [...stateArgs(next), ...appendArgs(part)]);
      } catch (error) {
        // Nothing was added: also not the parts before.
        if (error instanceof BufferFullError) await withdraw(parts.slice(0, i).flat(), before);
        throw error;
      }
    }
  }

  async function withdraw(chunks: readonly OpenChunk[], before: BufferState): Promise<void> {
    for (const part of toParts(chunks)) await owner.run(releaseScript, [...stateArgs(before), ...releaseArgs(part)]);
  }

  async function records(chunks: readonly OpenChunk[]): Promise<(Uint8Array | null)[]> {
    const found = chunks.map(({ offset }) => cache.get(offset) ?? null);
    const wanted = [...chunks.entries()]
      .filter(([i]) => found[i] === null)
      .map(([position, { offset, traceId }]) => ({ position, offset, traceId }));
    // In one go behind the fence. What somebody else releases after it is missing, and that he did is noticed then.
    const reads: Promise<void>[] = [owner.run(checkScript)];
    for (const [traceId, ofTrace] of byTrace(wanted)) {
      for (let from = 0; from < ofTrace.length; from += maxReadFields) {
        const some = ofTrace.slice(from, from + maxReadFields);
        const fields = some.map(({ offset }) => offset);
        reads.push(
          client.hmget(keys.traces + traceId, fields).then((values) => {
            for (const [i, { position }] of some.entries()) found[position] = values[i] ?? null;
          }),
        );
      }
    }
    await Promise.all(reads);
    return found;
  }

  return {
    reset: (next) =>
      owner.inTurn(async () => {
        state = loaded = null;
        cache.clear();
        await owner.run(dropScript, dropArgs([]));
        for await (const piece of client.hscan(keys.index)) {
          const chunks = piece.map(([offset, entry]) => ({
            offset,
            traceId: decodeEntry(Number(offset), entry)?.traceId ?? null,
          }));
          await owner.run(dropScript, dropArgs(chunks));
        }
        await owner.run(resetScript, stateArgs(next));
        state = next;
      }),

    index: () =>
      owner.inTurn(async () => {
        await owner.run(checkScript);
        const index = loaded ?? (await loadIndex(client, keys.index));
        // It is a large thing to keep, and asked for once.
        loaded = null;
        if (index === null) throw new FencedError(`The index ${keys.index} cannot be read: claim it again.`);
        return index.chunks;
      }),

    append: (chunks, { applied, streamTimeMs }) =>
      owner.inTurn(async () => {
        const before = held();
        const added = newChunks(chunks, before.applied);
        const last = added.at(-1)?.offset ?? -1;
        const end = {
          ...before,
          applied: Math.max(before.applied, applied, last + 1),
          streamTimeMs: Math.max(before.streamTimeMs, streamTimeMs),
        };
        loaded = null;
        // Moving on alone takes no room, and is not refused for lack of it.
        const parts = toParts(added, ({ record }) => record.byteLength);
        if (parts.length === 0) await owner.run(releaseScript, [...stateArgs(end), ...releaseArgs([])]);
        else await appendParts(parts, before, end);
        state = end;
        for (const { offset, record } of added) cache.put(offset, record);
      }),

    records: (chunks) => owner.inTurn(() => records(chunks)),

    release: (chunks, reconciled) =>
      owner.inTurn(async () => {
        const before = held();
        const end = { ...before, reconciled: Math.max(before.reconciled, reconciled) };
        loaded = null;
        const parts = toParts(chunks);
        // `reconciled` with the last: until then the rest is looked for in `traces` again.
        for (const part of parts.slice(0, -1)) {
          await owner.run(releaseScript, [...stateArgs(before), ...releaseArgs(part)]);
        }
        await owner.run(releaseScript, [...stateArgs(end), ...releaseArgs(parts.at(-1) ?? [])]);
        state = end;
        for (const { offset } of chunks) cache.delete(offset);
      }),

    check: () => owner.inTurn(() => owner.run(checkScript)),
  };
}

/** The state after some of an append: up to the last chunk of them. */
function partly(before: BufferState, { offset, streamTimeMs }: OpenChunk): BufferState {
  return { ...before, applied: offset + 1, streamTimeMs: Math.max(before.streamTimeMs, streamTimeMs) };
}

/** By offset. Below `applied` is a repeat, also of what was released since. */
function newChunks(chunks: readonly BufferedChunk[], applied: number): BufferedChunk[] {
  return onceEach(chunks.filter(({ offset }) => offset >= applied)).sort((a, b) => a.offset - b.offset);
}

function onceEach<C extends OpenChunk>(chunks: readonly C[]): C[] {
  return [...new Map(chunks.map((chunk) => [chunk.offset, chunk])).values()];
}
