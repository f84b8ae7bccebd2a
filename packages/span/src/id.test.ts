import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  bytesToHex,
  halvesOfSpanId,
  hexToBytes,
  isSpanId,
  isSpanIdBytes,
  isTraceId,
  isTraceIdBytes,
  parseSpanId,
  parseTraceId,
  spanIdOfHalves,
} from './id.ts';

test('bytes become digits and bytes again', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const hex = bytesToHex(bytes);
      expect(hex).toBe(Buffer.from(bytes).toString('hex'));
      expect(hexToBytes(hex)).toEqual(bytes);
      expect(hexToBytes(hex.toUpperCase())).toEqual(bytes);
    }),
  );
});

test('a part of the bytes', () => {
  expect(bytesToHex(Uint8Array.of(1, 0xab, 0xcd, 2), 1, 2)).toBe('abcd');
});

test('what is no hexadecimal text has no bytes', () => {
  for (const text of ['a', 'ag', 'zz', 'é0', ' 1', '€€']) expect(hexToBytes(text)).toBeNull();
});

test('ids have the right length and are not all zero', () => {
  expect(isTraceIdBytes(new Uint8Array(16))).toBe(false);
  expect(isTraceIdBytes(new Uint8Array(15).fill(1))).toBe(false);
  expect(isTraceIdBytes(Uint8Array.of(...new Uint8Array(15), 1))).toBe(true);
  expect(isSpanIdBytes(new Uint8Array(8))).toBe(false);
  expect(isSpanIdBytes(Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0))).toBe(true);
  expect(isTraceId('0'.repeat(32))).toBe(false);
  expect(isTraceId('0'.repeat(31) + '1')).toBe(true);
  expect(isTraceId('A'.repeat(32))).toBe(false);
  expect(isSpanId('00000000000000a0')).toBe(true);
  expect(isSpanId('00000000000000a')).toBe(false);
});

test('64-bit ids are padded on the left', () => {
  expect(parseTraceId('463AC35C9F6413AD')).toBe('0000000000000000463ac35c9f6413ad');
  expect(parseTraceId('1')).toBe('1'.padStart(32, '0'));
  expect(parseSpanId('abc')).toBe('0000000000000abc');
  for (const text of ['', '0', '0'.repeat(32), '1'.repeat(33), 'xyz', '1 ']) expect(parseTraceId(text)).toBeNull();
  expect(parseSpanId('1'.repeat(17))).toBeNull();
});

test('halves of a span id make it again', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 32 - 1), fc.nat(2 ** 32 - 1), (hi, lo) => {
      expect(halvesOfSpanId(spanIdOfHalves(hi, lo))).toEqual({ hi, lo });
    }),
  );
});
