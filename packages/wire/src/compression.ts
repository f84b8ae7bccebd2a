import { err, ok } from '@spanloom/span';
import type { Result } from '@spanloom/span';
import { compressSync, uncompressSync } from 'lz4-napi';
import type { Codec, WireError } from './records.ts';

/** A body is never above this before compression: 16 MiB. */
export const maxBodyBytes: number = 16 * 1024 * 1024;

/** Below this, LZ4 gains less than its call costs. */
const worthTryingBytes = 64;

/** Compresses a body with LZ4; `none` where that does not make it smaller. Shares memory with `body` then. */
export function compress(body: Uint8Array): { readonly codec: Codec; readonly body: Uint8Array } {
  if (body.length < worthTryingBytes) return { codec: 'none', body };
  const compressed = compressSync(asBuffer(body));
  return compressed.length < body.length ? { codec: 'lz4', body: compressed } : { codec: 'none', body };
}

/**
 * The body as it was before {@link compress}; `bodyBytes` is how long it must be. An error where it
 * is not, is above {@link maxBodyBytes}, or the bytes are no LZ4: nothing is allocated for a length
 * that only the bytes claim. With `none` the result shares memory with `body`.
 *
 * The `lz4` block = length:uint32 (little endian, uncompressed) LZ4 block.
 */
export function decompress(codec: Codec, body: Uint8Array, bodyBytes: number): Result<Uint8Array, WireError> {
  if (bodyBytes > maxBodyBytes) return bad(`The body has ${bodyBytes} bytes, at most ${maxBodyBytes} are read.`);
  if (codec === 'none') {
    return body.length === bodyBytes
      ? ok(body)
      : bad(`The body has ${body.length} bytes, its index says ${bodyBytes}.`);
  }
  const buffer = asBuffer(body);
  const claimed = buffer.length < 4 ? -1 : buffer.readUInt32LE(0);
  if (claimed !== bodyBytes) return bad(`The compressed body claims ${claimed} bytes, its index says ${bodyBytes}.`);
  try {
    const plain = uncompressSync(buffer);
    return plain.length === bodyBytes
      ? ok(plain)
      : bad(`The body came out as ${plain.length} bytes, not ${bodyBytes}.`);
  } catch (error) {
    // The native call has no other way to say that the bytes are no LZ4.
    return bad(`The body is no LZ4: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function bad(message: string): { readonly ok: false; readonly error: WireError } {
  return err({ message, unknownSchema: false });
}
