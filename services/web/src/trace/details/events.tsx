import { useTranslation } from 'react-i18next';

import { duration } from '../../format/duration.ts';
import { valueText } from '../model/otlp.ts';
import { sinceMs, type TraceSpan } from '../model/span.ts';
import type { View } from '../view-model.ts';
import styles from './details.module.css';
import { LongText } from './long-text.tsx';

/** What happened while the span ran, and how long after its start. */
export function Events({ view, span }: { readonly view: View; readonly span: TraceSpan }) {
  const { t } = useTranslation('trace');
  const events = span.otlp.events ?? [];
  if (events.length === 0) return null;
  return (
    <section className={styles.section}>
      <h3>{t('details.events', { count: events.length })}</h3>
      <ol className={styles.events}>
        {events.map((event, at) => (
          // Events have no id, and stand in the order in which they came.
          // oxlint-disable-next-line react/no-array-index-key
          <li key={at}>
            <p>
              <b>{event.name}</b>{' '}
              <span className={styles.quiet}>
                +{duration(sinceMs(event.timeUnixNano, view.tree.startMs) - span.startMs)}
              </span>
            </p>
            <dl className={styles.attributes}>
              {(event.attributes ?? []).map(({ key, value }) => (
                <div key={key} className={styles.attribute}>
                  <dt title={key}>{key}</dt>
                  <dd>
                    <LongText id={`event${at}.${key}`} text={valueText(value)} view={view} />
                  </dd>
                </div>
              ))}
            </dl>
          </li>
        ))}
      </ol>
    </section>
  );
}
