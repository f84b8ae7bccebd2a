import { useTranslation } from 'react-i18next';

import { type Service, serviceColor, serviceName } from '../format/service.ts';
import styles from './notes.module.css';

/** A service by its name and its colour; null is what calls from outside. */
export function ServiceLabel({ service }: { readonly service: Service | string | null }) {
  const { t } = useTranslation();
  if (service === null) return <span>{t('outside')}</span>;
  const whole = typeof service === 'string' ? { environment: '', namespace: '', name: service } : service;
  return (
    <span className={styles.service}>
      <span className={styles.swatch} style={{ background: serviceColor(whole.name) }} aria-hidden />
      {serviceName(whole) || t('unnamed')}
    </span>
  );
}
