/** What a sum may not pass: the store keeps them as Int64. */
const limit = 2 ** 62;

/**
 * The sum of two integers, held within ±2^62. Exact up to 2^53; in nanoseconds that is 104 days of
 * weighted time in one minute of one key and batch. Beyond it the last digits are rounded.
 */
export function boundedSum(a: number, b: number): number {
  return Math.max(-limit, Math.min(limit, a + b));
}
