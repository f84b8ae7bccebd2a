import { err, ok, type Result } from '@spanloom/span';

const unitNs: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/**
 * A duration as Go writes it (`1.5s`, `1m5s`, `250ms`), in nanoseconds. The errors are those of
 * Go's `time.ParseDuration`, which Jaeger's users know.
 */
export function parseGoDuration(text: string): Result<number, string> {
  const quoted = JSON.stringify(text);
  const negative = text.startsWith('-');
  const unsigned = text.replace(/^[+-]/, '');
  if (unsigned === '0') return ok(0);
  if (unsigned === '') return err(`time: invalid duration ${quoted}`);
  let totalNs = 0;
  for (let rest = unsigned; rest !== '';) {
    const part = /^(?<amount>\d+\.?\d*|\.\d+)(?<unit>[^\d.]*)/u.exec(rest);
    const amount = part?.groups?.['amount'];
    if (part === null || amount === undefined) return err(`time: invalid duration ${quoted}`);
    const unit = part.groups?.['unit'] ?? '';
    if (unit === '') return err(`time: missing unit in duration ${quoted}`);
    const ns = Object.hasOwn(unitNs, unit) ? unitNs[unit] : undefined;
    if (ns === undefined) return err(`time: unknown unit ${JSON.stringify(unit)} in duration ${quoted}`);
    totalNs += Number(amount) * ns;
    rest = rest.slice(part[0].length);
  }
  // 2^63 nanoseconds, 292 years: Go's own limit.
  if (totalNs >= 2 ** 63) return err(`time: invalid duration ${quoted}`);
  return ok(Math.trunc(negative ? -totalNs : totalNs));
}
