import { describe, expect, it } from 'vitest';

import { bytes, count, percent, perSecond } from './number.ts';

describe('a count', () => {
  it.each([
    [0, '0'],
    [7, '7'],
    [999, '999'],
    [1234, '1,234'],
    [9999, '9,999'],
    [10_000, '10.0 k'],
    [48_112, '48.1 k'],
    [123_456, '123 k'],
    [999_499, '999 k'],
    [999_500, '1.00 M'],
    [1_000_000, '1.00 M'],
    [12_345_678, '12.3 M'],
    [2_500_000_000, '2.50 G'],
    [-48_112, '-48.1 k'],
  ])('of %d is %s', (value, text) => expect(count(value)).toBe(text));
});

describe('bytes', () => {
  it.each([
    [0, '0 B'],
    [512, '512 B'],
    [1000, '0.977 KiB'],
    [1024, '1.00 KiB'],
    [5000, '4.88 KiB'],
    [1023 * 1024, '0.999 MiB'],
    [1024 ** 2, '1.00 MiB'],
    [1.5 * 1024 ** 3, '1.50 GiB'],
    [3 * 1024 ** 6, '3072 PiB'],
  ])('%d are %s', (value, text) => expect(bytes(value)).toBe(text));
});

describe('a part as per cent', () => {
  it.each([
    [0, '0 %'],
    [0.000_2, '0.020 %'],
    [0.005, '0.50 %'],
    [0.051_2, '5.12 %'],
    [0.2, '20.0 %'],
    [1, '100 %'],
    [6.857, '686 %'],
    [12.34, '1,234 %'],
  ])('%d is %s', (part, text) => expect(percent(part)).toBe(text));
});

describe('events in a second', () => {
  it.each([
    [0, '0/s'],
    [0.033_33, '0.0333/s'],
    [12.345, '12.3/s'],
    [999.4, '999/s'],
    [1234.5, '1,235/s'],
    [48_112, '48.1 k/s'],
  ])('%d are %s', (value, text) => expect(perSecond(value)).toBe(text));
});
