import type { OpenChunk } from '../port.ts';
import type { RedisClient } from './client/client.ts';
import { decodeEntry } from './entry.ts';

/** The open chunks of a partition as its index has them. */
export interface LoadedIndex {
  /** By offset. */
  readonly chunks: OpenChunk[];
  /** Of the offsets, modulo 2³². */
  readonly sum: number;
}

/** Reads an index in pieces, so that nobody else waits long for the server; null if an entry is none of ours. */
export async function loadIndex(client: RedisClient, key: string): Promise<LoadedIndex | null> {
  const found: OpenChunk[] = [];
  for await (const piece of client.hscan(key)) {
    for (const [field, entry] of piece) {
      const chunk = decodeEntry(Number(field), entry);
      if (chunk === null || !Number.isSafeInteger(chunk.offset)) return null;
      found.push(chunk);
    }
  }
  found.sort((a, b) => a.offset - b.offset);
  const chunks = found.filter(({ offset }, i) => offset !== found[i - 1]?.offset);
  return { chunks, sum: sumOf(chunks) };
}

/** How many spans these have. */
export function spansOf(chunks: readonly OpenChunk[]): number {
  return chunks.reduce((spans, { index }) => spans + index.marks.byteLength, 0);
}

/** Of how many traces these are. */
export function tracesOf(chunks: readonly OpenChunk[]): number {
  return new Set(chunks.map(({ traceId }) => traceId)).size;
}

/** Of the offsets, modulo 2³²: exact for every safe integer. */
export function sumOf(chunks: readonly OpenChunk[]): number {
  return chunks.reduce((sum, { offset }) => (sum + (offset >>> 0)) >>> 0, 0);
}
