import type { ReactNode } from 'react';

import styles from './pipeline.module.css';

export interface FactProps {
  readonly name: string;
  /** Shown where the pointer rests. */
  readonly help?: string;
  readonly beside?: string;
  readonly children: ReactNode;
}

/** One figure with its name, in a `dl`. */
export function Fact({ name, help, beside, children }: FactProps) {
  return (
    <div className={styles.fact} title={help}>
      <dt>{name}</dt>
      <dd>
        {children} {beside !== undefined && beside !== '' && <span className={styles.beside}>{beside}</span>}
      </dd>
    </div>
  );
}
