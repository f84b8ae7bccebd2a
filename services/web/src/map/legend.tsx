import { useTranslation } from 'react-i18next';

import styles from './draw/draw.module.css';
import page from './map.module.css';
import type { Coloring } from './params.ts';

const levels = {
  errors: ['usual', 'worse', 'bad'],
  duration: ['better', 'usual', 'worse', 'bad'],
} as const;

/** What widths, dashes and colours mean. */
export function Legend({ coloring }: { readonly coloring: Coloring }) {
  const { t } = useTranslation('map');
  const meaning: Readonly<Record<string, string>> = t(`legend.${coloring}`, { returnObjects: true });
  return (
    <ul className={page.legend} aria-label={t('legend.label')}>
      {levels[coloring].map((level) => (
        <li key={level}>
          <svg width="34" height="8" aria-hidden className={`${styles.edge} ${styles[level]}`}>
            <path className={styles.line} d="M0,4H34" strokeWidth="3" />
          </svg>
          {meaning[level]}
        </li>
      ))}
      <li>
        <svg width="34" height="10" aria-hidden className={styles.usual}>
          <path className={styles.head} d="M0,4.4V5.6L34,8.5V1.5Z" />
        </svg>
        {t('legend.width')}
      </li>
      <li>{t('legend.figures')}</li>
    </ul>
  );
}
