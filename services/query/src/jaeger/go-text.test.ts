import { describe, expect, it } from 'vitest';
import { goDuration, goTime } from './go-text.ts';

describe('durations as Go prints them', () => {
  it.each([
    [0n, '0s'],
    [1n, '1ns'],
    [1_500n, '1.5µs'],
    [250_000_000n, '250ms'],
    [1_000_000_000n, '1s'],
    [65_000_000_001n, '1m5.000000001s'],
    [3_600_000_000_000n, '1h0m0s'],
    [-2_000_000n, '-2ms'],
  ])('%s ns is %s', (ns, text) => expect(goDuration(ns)).toBe(text));
});

describe('times as Go prints them', () => {
  it.each([
    [1_700_000_000_000_000_000n, '2023-11-14 22:13:20 +0000 UTC'],
    [1_700_000_000_500_000_000n, '2023-11-14 22:13:20.5 +0000 UTC'],
    [5n, '1970-01-01 00:00:00.000000005 +0000 UTC'],
  ])('%s ns is %s', (ns, text) => expect(goTime(ns)).toBe(text));
});
