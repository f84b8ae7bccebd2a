const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `3 MB`, `1.5 GB`: powers of 1,000, at most three digits. */
export function byteText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < byteUnits.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${value < 9.95 && unit > 0 ? Number(value.toFixed(1)) : Math.round(value)} ${byteUnits[unit]}`;
}

/** `7 d`, `90 min`, `0.6 s`: the largest unit that divides it, seconds with one digit below a minute. */
export function durationText(ms: number): string {
  if (ms > 0 && ms % 86_400_000 === 0) return `${ms / 86_400_000} d`;
  if (ms > 0 && ms % 3_600_000 === 0) return `${ms / 3_600_000} h`;
  if (ms > 0 && ms % 60_000 === 0) return `${ms / 60_000} min`;
  return `${Number((ms / 1000).toFixed(1))} s`;
}
