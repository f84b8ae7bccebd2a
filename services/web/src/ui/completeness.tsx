import { useTranslation } from 'react-i18next';

import styles from './notes.module.css';
import { Time } from './time.tsx';

export interface Completeness {
  readonly completeTo: string | null;
  readonly behind: readonly unknown[];
}

/** Up to when figures hold every span that arrived: below everything that is summed up. */
export function CompletenessNote({ completeTo, behind }: Completeness) {
  const { t } = useTranslation();
  if (completeTo === null) return null;
  const [before, after] = t('completeTo', { time: '\u0000' }).split('\u0000');
  return (
    <p className={styles.completeness}>
      {before}
      <Time at={completeTo} />
      {after}
      {behind.length > 0 && ` · ${t('behind', { count: behind.length })}`}
    </p>
  );
}
