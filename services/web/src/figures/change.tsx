import { changeText } from './change-text.ts';
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
