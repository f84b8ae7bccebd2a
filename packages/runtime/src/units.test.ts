import { expect, it } from 'vitest';

import { byteText, durationText } from './units.ts';

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1 kB'],
  [1540, '1.5 kB'],
  [9_960, '10 kB'],
  [999_499, '999 kB'],
  [999_500, '1 MB'],
  [3_000_000, '3 MB'],
  [10e9, '10 GB'],
  [5e15, '5000 TB'],
])('%d bytes are %s', (bytes, text) => {
  expect(byteText(bytes)).toBe(text);
});

it.each([
  [0, '0 s'],
  [612, '0.6 s'],
  [6000, '6 s'],
  [90_000, '90 s'],
  [300_000, '5 min'],
  [12 * 3_600_000, '12 h'],
  [7 * 86_400_000, '7 d'],
])('%d ms are %s', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});
