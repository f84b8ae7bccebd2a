import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import type { TracesIdAnswer } from '../../api/answers.ts';
import { ServiceLabel } from '../../ui/service.tsx';
import { Time } from '../../ui/time.tsx';
import type { TraceSpan } from '../model/span.ts';
import styles from './details.module.css';

export interface LinksProps {
  readonly span: TraceSpan;
  readonly linkedFrom: TracesIdAnswer['linkedFrom'];
}

/** Spans that this one names as what led to it, and spans of other traces that name this one. */
export function Links({ span, linkedFrom }: LinksProps) {
  const { t } = useTranslation('trace');
  const links = span.otlp.links ?? [];
  return (
    <>
      {links.length > 0 && (
        <section className={styles.section}>
          <h3>{t('details.links', { count: links.length })}</h3>
          <ul className={styles.links}>
            {links.map(({ traceId = '', spanId = '' }) => (
              <li key={`${traceId} ${spanId}`}>
                <Link to="/trace/$traceId" params={{ traceId }} search={{ span: spanId, details: true }}>
                  <code>
                    {traceId.slice(0, 16)}… {spanId}
                  </code>
                </Link>
              </li>
            ))}
          </ul>
        </section>
      )}
      {linkedFrom.length > 0 && (
        <section className={styles.section}>
          <h3>{t('details.linkedFrom', { count: linkedFrom.length })}</h3>
          <ul className={styles.links}>
            {linkedFrom.map(({ traceId, spanId, service, operation, startTime }) => (
              <li key={`${traceId} ${spanId}`}>
                <Link to="/trace/$traceId" params={{ traceId }} search={{ span: spanId, details: true }}>
                  <ServiceLabel service={service} /> {operation}
                </Link>{' '}
                <span className={styles.quiet}>
                  <Time at={startTime} />
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
