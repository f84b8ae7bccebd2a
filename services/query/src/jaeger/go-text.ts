/** Times and durations as Go prints them: Jaeger's warnings are made of them. */

/** `1h2m3.5s`, `250ms`, `1.5µs`: Go's `time.Duration.String`. */
export function goDuration(ns: bigint): string {
  if (ns < 0n) return `-${goDuration(-ns)}`;
  if (ns === 0n) return '0s';
  if (ns < 1_000n) return `${ns}ns`;
  if (ns < 1_000_000n) return `${decimal(ns, 3)}µs`;
  if (ns < 1_000_000_000n) return `${decimal(ns, 6)}ms`;
  const minutes = ns / 60_000_000_000n;
  const seconds = `${decimal(ns % 60_000_000_000n, 9)}s`;
  if (minutes === 0n) return seconds;
  return minutes < 60n ? `${minutes}m${seconds}` : `${minutes / 60n}h${minutes % 60n}m${seconds}`;
}

/** `2026-11-23 01:06:36.5 +0000 UTC`: Go's `time.Time.String`, of Unix nanoseconds. */
export function goTime(ns: bigint): string {
  const seconds = new Date(Number(ns / 1_000_000_000n) * 1000).toISOString().slice(0, 19).replace('T', ' ');
  const fraction = decimal(ns % 1_000_000_000n, 9).slice(1);
  return `${seconds}${fraction} +0000 UTC`;
}

/** `value` divided by a power of ten, without zeros at the end. */
function decimal(value: bigint, digits: number): string {
  const unit = 10n ** BigInt(digits);
  const fraction = String(value % unit)
    .padStart(digits, '0')
    .replace(/0+$/, '');
  return fraction === '' ? String(value / unit) : `${value / unit}.${fraction}`;
}
