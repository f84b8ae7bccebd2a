import { describe, expect, it } from 'vitest';
import { parseAmount } from './amount.ts';

describe('an amount', () => {
  it.each([
    ['400ms', { type: 'latency', latencyMs: 400 }],
    ['1.5s', { type: 'latency', latencyMs: 1500 }],
    ['400 MS', { type: 'latency', latencyMs: 400 }],
    ['20%', { type: 'errors', errorRate: 0.2 }],
    ['100%', { type: 'errors', errorRate: 1 }],
    ['off', { type: 'off' }],
  ])('%s is understood', (text, change) => {
    expect(parseAmount(text)).toEqual({ ok: true, change });
  });

  it.each([
    ['400', '400ms makes it slow, 400% makes it fail'],
    ['0ms', 'write off'],
    ['0%', 'write off'],
    ['101%', 'at most 100%'],
    ['11s', 'at most 10s'],
    ['-5ms', 'is no amount'],
    ['slow', 'is no amount'],
    ['', 'is no amount'],
  ])('%s is refused and the error says what to write', (text, hint) => {
    expect(parseAmount(text)).toEqual({ ok: false, error: expect.stringContaining(hint) as string });
  });
});
