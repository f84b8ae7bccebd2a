import { createHash } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { compress, decompress, maxBodyBytes } from './compression.ts';

const repetitive = new TextEncoder().encode('http.request.method=GET '.repeat(100));

describe('bodies', () => {
  test('come back as they were', () => {
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 2000 }),
      fc.array(fc.nat(3), { maxLength: 2000 }).map((b) => Uint8Array.from(b)),
    );
    fc.assert(
      fc.property(body, (plain) => {
        const { codec, body: compressed } = compress(plain);
        const back = decompress(codec, compressed, plain.length);
        expect(back.ok && Buffer.compare(back.value, plain)).toBe(0);
        expect(compressed.length).toBeLessThanOrEqual(plain.length);
      }),
    );
  });

  test('repetition is compressed, noise and short bodies are left as they are', () => {
    const { codec, body } = compress(repetitive);
    expect(codec).toBe('lz4');
    expect(body.length * 10).toBeLessThan(repetitive.length);
    expect(compress(repetitive.subarray(0, 40)).codec).toBe('none');
    const noise = createHash('shake256', { outputLength: 500 }).update('noise').digest();
    expect(compress(noise)).toEqual({ codec: 'none', body: noise });
  });

  test('a body that contradicts its index is refused before memory is taken for it', () => {
    const { body } = compress(repetitive);
    const lying = Buffer.from(body);
    lying.writeUInt32LE(0xffff_ffff, 0);
    expect(decompress('lz4', lying, repetitive.length)).toMatchObject({ ok: false, error: { unknownSchema: false } });
    expect(decompress('lz4', body, maxBodyBytes + 1).ok).toBe(false);
    expect(decompress('lz4', body, 7).ok).toBe(false);
    expect(decompress('none', repetitive, 7).ok).toBe(false);
    expect(decompress('lz4', new Uint8Array(2), 7).ok).toBe(false);
  });

  test('no bytes make decompression throw', () => {
    const { body } = compress(repetitive);
    fc.assert(
      fc.property(
        fc.integer({ min: 4, max: body.length - 1 }),
        fc.nat(255),
        fc.nat(body.length),
        (at, byte, length) => {
          const broken = Buffer.from(body);
          broken[at] = byte;
          expect(typeof decompress('lz4', broken, repetitive.length).ok).toBe('boolean');
          expect(typeof decompress('lz4', broken.subarray(0, length), repetitive.length).ok).toBe('boolean');
        },
      ),
    );
  });
});
