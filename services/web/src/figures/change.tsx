import styles from './figures.module.css';

/** How a figure differs from a baseline, with its sign: `+120 %`, `−3.0 %`. Growth is marked, not only coloured. */
export function Change({ part, points = false }: { readonly part: number | null; readonly points?: boolean }) {
  if (part === null || !Number.isFinite(part)) return <span>–</span>;
  const text = changeText(part, points);
  const grew = part >= (points ? 0.005 : 0.1);
  return (
    <span className={grew ? styles.slower : undefined}>
      {grew ? '▲ ' : ''}
      {text}
    </span>
  );
}

/** Of a rate as the difference in points of per cent: one more call in a hundred is +1 pp. */
export function changeText(part: number, points = false): string {
  const size = Math.abs(part) * 100;
  const digits = size === 0 ? '0' : size >= 99.95 ? size.toFixed(0) : size >= 9.995 ? size.toFixed(1) : size.toFixed(2);
  const sign = Number(digits) === 0 ? '±' : part < 0 ? '−' : '+';
  return `${sign}${digits} ${points ? 'pp' : '%'}`;
}
