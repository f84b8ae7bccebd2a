import { encodeSpansRecord } from './avro/spans-v1.ts';
import { compress } from './compression.ts';
import type { RequestChunk } from './otlp/split.ts';

/** A record of `spans`, as the gateway and producers write it. Its partition is `partitionOf(key)`. */
export interface ChunkRecord {
  /** The 16 bytes of the trace id. */
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** The record of a chunk, compressed. */
export function chunkRecord({ traceId, index, body, truncated }: RequestChunk): ChunkRecord {
  const value = encodeSpansRecord({ traceId, index, ...compress(body), truncated });
  return { key: Buffer.from(traceId, 'hex'), value };
}
