import type { ReactNode } from 'react';

import styles from './notes.module.css';

/** A badge stands only where something is wrong, or at least unusual. */
export function Badge({
  tone,
  children,
  title,
}: {
  readonly tone: 'bad' | 'warn' | 'plain';
  readonly children: ReactNode;
  readonly title?: string;
}) {
  return (
    <span className={`${styles.badge} ${styles[tone]}`} title={title}>
      {children}
    </span>
  );
}
