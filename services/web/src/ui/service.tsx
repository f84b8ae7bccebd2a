import { useTranslation } from 'react-i18next';

import { type Service, serviceFill, serviceName } from '../format/service.ts';
import styles from './notes.module.css';

export interface ServiceLabelProps {
  readonly service: Service | string | null;
  /** Its environment is said as well: there are several. */
  readonly environment?: boolean;
}

/** A service by its name and its colour; null is what calls from outside. */
export function ServiceLabel({ service, environment = false }: ServiceLabelProps) {
  const { t } = useTranslation();
  if (service === null) return <span>{t('outside')}</span>;
  const whole = typeof service === 'string' ? { environment: '', namespace: '', name: service } : service;
  return (
    <span className={styles.service}>
      <span className={styles.swatch} style={{ background: serviceFill(whole.name) }} aria-hidden />
      {serviceName(whole) || t('unnamed')}
      {environment && whole.environment !== '' && <span className={styles.environment}> · {whole.environment}</span>}
    </span>
  );
}
