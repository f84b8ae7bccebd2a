import type { FaultChange } from './faults.ts';

/** Below the 20 s after which a caller gives up, so that a slow service still answers. */
export const maxLatencyMs = 10_000;

export type ParsedAmount =
  | { readonly ok: true; readonly change: FaultChange }
  | { readonly ok: false; readonly error: string };

const example = 'write for example 400ms, 1.5s, 20% or off';

/** `400ms`, `1.5s`, `20%` or `off`. */
export function parseAmount(text: string): ParsedAmount {
  const amount = text.trim().toLowerCase();
  if (amount === 'off') return { ok: true, change: { type: 'off' } };
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|%)?$/.exec(amount);
  if (match === null) return { ok: false, error: `"${text}" is no amount: ${example}` };
  const value = Number(match[1]);
  const unit = match[2];
  if (unit === undefined)
    return {
      ok: false,
      error: `${amount} of what? ${amount}ms makes it slow, ${amount}% makes it fail`,
    };
  if (value === 0) return { ok: false, error: `${amount} changes nothing: write off to restore the service` };
  if (unit === '%') {
    if (value > 100) return { ok: false, error: `${amount} is more than all requests: write at most 100%` };
    return { ok: true, change: { type: 'errors', errorRate: value / 100 } };
  }
  const latencyMs = unit === 's' ? value * 1000 : value;
  if (latencyMs > maxLatencyMs) {
    return {
      ok: false,
      error: `${amount} is too long: write at most ${maxLatencyMs / 1000}s, callers give up after 20s`,
    };
  }
  return { ok: true, change: { type: 'latency', latencyMs } };
}
