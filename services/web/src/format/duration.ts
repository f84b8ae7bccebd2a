const units = [
  { name: 'ns', ms: 1e-6 },
  { name: 'µs', ms: 1e-3 },
  { name: 'ms', ms: 1 },
  { name: 's', ms: 1000 },
] as const;

/** A duration in milliseconds, with three significant digits and its unit; `–` where there is none. */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return '–';
  if (ms === 0) return '0 ms';
  if (ms < 0) return `−${duration(-ms)}`;
  for (const { name, ms: unit } of units) {
    // Seconds go up to a minute.
    if (name === 's' && ms >= 59_950) break;
    const text = threeDigits(ms / unit);
    if (text !== null) return `${text} ${name}`;
  }
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return joined(`${minutes} min`, seconds % 60, 's');
  const totalMinutes = Math.round(ms / 60_000);
  return joined(`${Math.floor(totalMinutes / 60).toLocaleString('en')} h`, totalMinutes % 60, 'min');
}

function joined(whole: string, rest: number, unit: string): string {
  return rest === 0 ? whole : `${whole} ${rest} ${unit}`;
}

/** Null from 999.5 on, which is said in the next unit; seconds go up to a minute. */
function threeDigits(value: number): string | null {
  if (value >= 999.5) return null;
  if (value >= 99.95) return value.toFixed(0);
  if (value >= 9.995) return value.toFixed(1);
  return value
    .toFixed(2)
    .replace(/^0\.(\d\d)$/, (text) => (value < 0.01 ? Number(value.toPrecision(2)).toString() : text));
}
