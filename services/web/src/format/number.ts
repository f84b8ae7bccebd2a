const suffixes = ['', 'k', 'M', 'G', 'T', 'P'];

/** A count: exact below 10,000, with three significant digits and a suffix beyond. */
export function count(value: number): string {
  if (Math.abs(value) < 10_000) return value.toLocaleString('en', { maximumFractionDigits: 0 });
  return scaled(value, 1000, suffixes);
}

/** Bytes, in powers of 1024. */
export function bytes(value: number): string {
  return `${scaled(value, 1024, ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi'], ' ')}B`;
}

/** A part of a whole, as per cent: two digits where it is small, for 0.02 % is not 0 %. */
export function percent(part: number): string {
  if (part === 0) return '0 %';
  const value = part * 100;
  if (Math.abs(value) >= 999.5) return `${count(value)} %`;
  return `${value.toPrecision(value < 1 ? 2 : 3)} %`;
}

/** Events in a second, three significant digits. */
export function perSecond(value: number): string {
  return `${value >= 1000 ? count(value) : Number(value.toPrecision(3)).toString()}/s`;
}

function scaled(value: number, base: number, names: readonly string[], space = ' '): string {
  let at = 0;
  let left = value;
  // What would be said as 1000 is said in the next unit.
  while (Math.abs(Number(left.toPrecision(3))) >= 1000 && at < names.length - 1) {
    left /= base;
    at++;
  }
  const digits = at === 0 ? Number(left.toPrecision(3)).toString() : left.toPrecision(3);
  return `${digits.includes('e') ? Math.round(left) : digits}${space}${names[at] ?? ''}`;
}
