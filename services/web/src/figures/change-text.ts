/**
 * How much a figure changed: `+12.0 %`, from ten times on `×11.6`. With `points`, a rate's difference in points
 * of per cent: one more call in a hundred is `+1.00 pp`.
 */
export function changeText(part: number, points = false): string {
  const size = Math.abs(part) * 100;
  if (!points && part >= 9) return `×${(1 + part).toPrecision(3)}`;
  const digits = size === 0 ? '0' : size >= 99.95 ? size.toFixed(0) : size >= 9.995 ? size.toFixed(1) : size.toFixed(2);
  const sign = Number(digits) === 0 ? '±' : part < 0 ? '−' : '+';
  return `${sign}${digits} ${points ? 'pp' : '%'}`;
}
