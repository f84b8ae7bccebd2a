import { memo } from 'react';

import { labelHeight } from './labels.ts';
import styles from './draw.module.css';
import type { FarLabel } from './far.ts';

export interface FarLabelsProps {
  readonly labels: readonly FarLabel[];
  /** Of the step that they were placed for. */
  readonly zoom: number;
  readonly levelOf: (key: string) => string;
  /** What belongs to the selection; null without one. */
  readonly near: ReadonlySet<string> | null;
}

/** Names and figures over a map that is too small to have them inside. A click on a name is one on its node. */
export const FarLabels = memo(function FarLabels({ labels, zoom, levelOf, near }: FarLabelsProps) {
  return labels.map(({ key, text, x, y, width }) => (
    <g
      key={key}
      data-label={key}
      aria-hidden
      transform={`translate(${x} ${y}) scale(${1 / zoom})`}
      className={`${styles.far} ${styles[levelOf(key)]} ${near !== null && !near.has(key) ? styles.dim : ''}`}
    >
      <rect x={-width / 2} y={-labelHeight / 2} width={width} height={labelHeight} rx={4} />
      <text textAnchor="middle" y={4}>
        {text}
      </text>
    </g>
  ));
});
