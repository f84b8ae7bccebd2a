import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

import styles from './notes.module.css';

/** What takes less is not said: a flicker reads as slower than nothing. */
const silentMs = 200;

export function PageLoading() {
  const { t } = useTranslation();
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), silentMs);
    return () => clearTimeout(timer);
  }, []);
  return <output className={styles.loading}>{shown ? t('loading') : ''}</output>;
}
