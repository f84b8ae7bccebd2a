import * as zlib from 'node:zlib';
import kafkajs from 'kafkajs';
import { compressFrameSync, decompressFrameSync } from 'lz4-napi';
import { compressSync } from 'snappy';
import { unsnap } from './snappy.ts';

/** A record batch came in a compression that this Node cannot undo. Waiting does not help. */
export class UnreadableCompressionError extends Error {
  override readonly name = 'UnreadableCompressionError';
  /** kafkajs' word: it gives up at once, where it would else fetch the same batch again and again. */
  readonly retriable = false;
}

type Decompress = (bytes: Buffer) => Buffer;

/** Tells kafkajs, for the whole process, how to read what it cannot by itself: gzip is built in. */
export function registerCodecs(): void {
  const { CompressionCodecs, CompressionTypes } = kafkajs;
  const unzstd = zstdOf(zlib);
  CompressionCodecs[CompressionTypes.LZ4] = codecOf(compressFrameSync, decompressFrameSync);
  CompressionCodecs[CompressionTypes.Snappy] = codecOf(compressSync, unsnap);
  CompressionCodecs[CompressionTypes.ZSTD] = codecOf(refuseZstd, unzstd ?? refuseZstd);
}

/** What this runtime has of zstd: Node 20 has none, its types do not know of it. */
export function zstdOf(module: object): Decompress | null {
  const found: unknown = Reflect.get(module, 'zstdDecompressSync');
  return typeof found === 'function' ? (found as Decompress) : null;
}

function refuseZstd(): never {
  throw new UnreadableCompressionError(
    `Records are compressed with zstd, which Node ${process.versions.node} cannot undo. ` +
      'Run the gateway on Node 22.15 or later, or set `compression: lz4` in the exporter of the collectors.',
  );
}

function codecOf(compress: Decompress, decompress: Decompress) {
  return () => ({
    compress: (encoder: { readonly buffer: Buffer }) => Promise.resolve().then(() => compress(encoder.buffer)),
    decompress: (bytes: Buffer) => Promise.resolve().then(() => decompress(bytes)),
  });
}
