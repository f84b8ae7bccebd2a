import type { TraceId } from './span.ts';

/**
 * A weight is never above this. A sampler that keeps fewer than one in a million traces is a
 * mistake, and sums must stay exact integers.
 */
export const maxWeight = 1_048_576;

const thresholds = 2 ** 56;

/**
 * How many spans of the application this one stands for, from the W3C `tracestate` member
 * `ot=th:<hex>`: with rejection threshold T of 56 bits, 2^56 / (2^56 - T). See
 * https://opentelemetry.io/docs/specs/otel/trace/tracestate-handling/#sampling-threshold-value-th.
 *
 * A fraction is rounded up or down by a hash of the trace id, so that the expectation is right and
 * a repeat gives the same. 1 when there is no threshold, or a malformed one.
 */
export function weightOf(traceState: string, traceId: TraceId): number {
  if (traceState === '') return 1;
  const threshold = thresholdOf(traceState);
  if (threshold === null) return 1;
  // The rounding of T to 53 bits does not matter below the greatest weight; there T may come out as 2^56.
  const weight = thresholds / (thresholds - Number.parseInt(threshold.padEnd(14, '0'), 16));
  if (weight >= maxWeight) return maxWeight;
  const whole = Math.floor(weight);
  const fraction = weight - whole;
  return fraction > 0 && unitOf(traceId) < fraction ? whole + 1 : whole;
}

/** The hexadecimal digits of `th` in the member `ot`, or null. */
function thresholdOf(traceState: string): string | null {
  const member = /(?:^|,)[ \t]*ot=([^,]*)/.exec(traceState)?.[1];
  if (member === undefined) return null;
  return /(?:^|;)th:([0-9a-f]{1,14})[ \t]*(?:;|$)/.exec(member)?.[1] ?? null;
}

/**
 * A number in [0, 1) from all bits of a trace id. Not its low 56 bits themselves: the sampler has
 * compared those with the threshold, so among sampled traces they are all high.
 */
function unitOf(traceId: TraceId): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < 32; at += 8) {
    hash = Math.imul(hash ^ Number.parseInt(traceId.slice(at, at + 8), 16), 0x85ebca6b);
    hash ^= hash >>> 13;
    hash = Math.imul(hash, 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return (hash >>> 0) / 2 ** 32;
}
